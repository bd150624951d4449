#!/usr/bin/env python3
"""What a kept answer costs, beside a static file of the same process and beside the same answer worked out each time.

    python3 benches/load/kept.py target/release/atelier [SECONDS]

Starts the binary twice on the demo seed (SQLite): with answers kept, and with ANSWER_CACHE_MIB=0. Needs wrk. Costs are
processor time of the server's process; ratios within one run are worth more than figures.
"""

import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

PAGE = """{ creator(by: { handle: "mira" }) { id handle displayName headline bio { html } niches { slug name }
  links { label url } followerCount ratingSummary { average count }
  courses(first: 20) { nodes { id title slug subtitle lessonCount estimatedMinutes prices { id amount { formatted } } }
    pageInfo { hasNextPage } } } }"""
STATIC = "/pages/style.css"
ROUNDS = 3
READY_WITHIN = 60.0


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A fresh installation with the demo creator."""

    def __init__(self, binary, mebibytes):
        port = free_port()
        self.url = f"http://localhost:{port}"
        self.folder = tempfile.TemporaryDirectory()
        own = {"PORT": str(port), "ATELIER_DATA_DIR": self.folder.name, "ANSWER_CACHE_MIB": str(mebibytes)}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([binary, "serve"], env=os.environ | own, stdout=quiet, stderr=quiet)
        end = time.monotonic() + READY_WITHIN
        while True:
            try:
                if json.loads(urllib.request.urlopen(self.page(), timeout=5).read())["data"]["creator"]:
                    return
            except OSError:
                pass
            if time.monotonic() > end:
                sys.exit("the server is not ready")
            time.sleep(0.1)

    def page(self):
        return f"{self.url}/graphql?query={urllib.parse.quote(' '.join(PAGE.split()))}"

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cost(self, url, seconds):
        """Microseconds of a processor for one request, over 16 connections."""
        before = self.processor_seconds()
        said = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", url], capture_output=True, text=True, timeout=seconds + 30)
        lines = said.stdout.splitlines()
        if any("Non-2xx" in line for line in lines):
            sys.exit(f"not everything was answered: {said.stdout}")
        requests = next(int(line.split()[0]) for line in lines if "requests in" in line)
        return (self.processor_seconds() - before) / requests * 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.folder.cleanup()


def main():
    binary = sys.argv[1]
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    server, costs = Server(binary, 16), {"kept": [], "static": [], "worked out": []}
    size = len(urllib.request.urlopen(server.page()).read())
    static_size = len(urllib.request.urlopen(server.url + STATIC).read())
    for _ in range(ROUNDS):
        costs["kept"].append(server.cost(server.page(), seconds))
        costs["static"].append(server.cost(server.url + STATIC, seconds))
    server.stop()
    server = Server(binary, 0)
    costs["worked out"] = [server.cost(server.page(), seconds) for _ in range(ROUNDS)]
    server.stop()
    static = statistics.median(costs["static"])
    print("| what | processor time | compared |\n|---|--:|---|")
    for name, what in [
        ("static", f"a static file ({static_size} bytes)"),
        ("kept", f"a creator's page that is kept ({size} bytes)"),
        ("worked out", "the same page, worked out each time"),
    ]:
        own = statistics.median(costs[name])
        print(f"| {what} | {own:.0f} us | {own / static:.2f} x the static file; {ROUNDS} rounds: {', '.join(f'{one:.0f}' for one in costs[name])} |")


main()
