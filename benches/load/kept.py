#!/usr/bin/env python3
"""What a kept answer costs, beside a static file of the same process and beside the same answer worked out each time.

    python3 benches/load/kept.py target/release/atelier [SECONDS]

Starts the binary twice on the demo seed (SQLite): with answers kept, and with ANSWER_CACHE_MIB=0. Needs wrk. Costs are
processor time of the server's process; ratios within one run are worth more than figures.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

from places import Atelier, processor_seconds

PAGE = """{ creator(by: { handle: "mira" }) { id handle displayName headline bio { html } niches { slug name }
  links { label url } followerCount ratingSummary { average count }
  courses(first: 20) { nodes { id title slug subtitle lessonCount estimatedMinutes prices { id amount { formatted } } }
    pageInfo { hasNextPage } } } }"""
ADDRESS = f"/graphql?query={urllib.parse.quote(' '.join(PAGE.split()))}"
STATIC = "/pages/style.css"
ROUNDS = 3


def size(server, path):
    return len(urllib.request.urlopen(server.url + path, timeout=10).read())


def cost(server, path, seconds):
    """Microseconds of a processor for one request, over 16 connections."""
    before = processor_seconds(server.id)
    words = ["wrk", "-t1", "-c16", f"-d{seconds}s", server.url + path]
    said = subprocess.run(words, capture_output=True, text=True, timeout=seconds + 30).stdout
    if "Non-2xx" in said:
        sys.exit(f"not everything was answered: {said}")
    requests = next(int(line.split()[0]) for line in said.splitlines() if "requests in" in line)
    return (processor_seconds(server.id) - before) / requests * 1e6


def main():
    binary = sys.argv[1]
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    costs = {"kept": [], "static": [], "worked out": []}
    with tempfile.TemporaryDirectory() as folder:
        server = Atelier(binary, pathlib.Path(folder, "kept")).waits()
        page, static_size = size(server, ADDRESS), size(server, STATIC)
        for _ in range(ROUNDS):
            costs["kept"].append(cost(server, ADDRESS, seconds))
            costs["static"].append(cost(server, STATIC, seconds))
        server.stop()
        server = Atelier(binary, pathlib.Path(folder, "worked-out"), ANSWER_CACHE_MIB="0").waits()
        costs["worked out"] = [cost(server, ADDRESS, seconds) for _ in range(ROUNDS)]
        server.stop()
    static = statistics.median(costs["static"])
    print("| what | processor time | compared |\n|---|--:|---|")
    for name, what in [
        ("static", f"a static file ({static_size} bytes)"),
        ("kept", f"a creator's page that is kept ({page} bytes)"),
        ("worked out", "the same page, worked out each time"),
    ]:
        own = statistics.median(costs[name])
        print(f"| {what} | {own:.0f} us | {own / static:.2f} x the static file; {ROUNDS} rounds: {', '.join(f'{one:.0f}' for one in costs[name])} |")


main()
