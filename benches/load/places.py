"""Where a measurement takes place: a PostgreSQL of its own, the server beside it, and what both of them used.

Everything listens on 127.0.0.1 and ends with the process that started it. Processor time comes from /proc, so Linux it is.
"""

import collections
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "atelier" / "load"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def until(seconds, what, holds, pause=0.1):
    end = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: waited {seconds} s")
        time.sleep(pause)
    return found


def runs(command, seconds, **more):
    """Runs a program to its end; its output. What it complained of becomes the error."""
    done = subprocess.run([str(word) for word in command], timeout=seconds, capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def stat(process):
    """Name, parent, and processor seconds of a process: its own, and its ended children's."""
    text = pathlib.Path(f"/proc/{process}/stat").read_text()
    name, fields = text[text.index("(") + 1:text.rindex(")")], text.rsplit(")", 1)[1].split()
    own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
    return name, int(fields[1]), own / TICKS, ended / TICKS


def tree(root):
    """A process and all below it."""
    below = collections.defaultdict(list)
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                below[stat(entry.name)[1]].append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(below[found[-1]])
    return found


def processor_seconds(root):
    """Of a process and its children, ended ones included."""
    seconds = 0.0
    for process in tree(root):
        with contextlib.suppress(OSError):
            _, _, own, ended = stat(process)
            seconds += own + ended
    return seconds


def busy_seconds():
    """Of the whole machine since it was started."""
    fields = [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def memory(root, name="VmRSS"):
    """VmRSS (now) or VmHWM (at most) of a process and its children, in MiB."""
    total = 0
    for process in tree(root):
        with contextlib.suppress(OSError):
            said = re.search(rf"^{name}:\s+(\d+)", pathlib.Path(f"/proc/{process}/status").read_text(), re.M)
            total += int(said.group(1)) / 1024 if said else 0
    return total


class Program:
    """A program that is running, until `stop`."""

    def __init__(self, command, log, environment=None, folder=None):
        self.log = open(log, "ab")
        self.process = subprocess.Popen([str(word) for word in command], env=environment, cwd=folder,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    @property
    def id(self):
        return self.process.pid

    def lives(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode}; see {self.log.name}")
        return True

    def stop(self, signal_first=True):
        if self.process.poll() is None:
            if signal_first:
                self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.log.close()


class Postgres:
    """PostgreSQL with a folder of its own: durable commits, 1 GB of buffers, no just-in-time compilation."""

    SETTINGS = {"shared_buffers": "1GB", "jit": "off", "max_connections": "200", "max_wal_size": "4GB",
                "logging_collector": "on", "log_destination": "jsonlog", "log_directory": "log", "log_filename": "log"}

    def __init__(self, folder):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        if not programs:
            raise RuntimeError("no PostgreSQL: apt-get install postgresql")
        self.programs, self.folder, self.port = programs[-1], folder, free_port()
        self.url = f"postgres://atelier@127.0.0.1:{self.port}"
        # PostgreSQL refuses to be root.
        self.as_ = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        if not (folder / "data").exists():
            folder.mkdir(parents=True, exist_ok=True)
            if self.as_:
                runs(["chown", "postgres", folder], 5)
            words = "-U atelier -A trust -E UTF8 --locale=C.UTF-8 --no-sync -D".split()
            runs([*self.as_, self.programs / "initdb", *words, folder / "data"], 120, cwd=folder)
        settings = [word for name, value in self.SETTINGS.items() for word in ("-c", f"{name}={value}")]
        self.program = Program([*self.as_, self.programs / "postgres", "-D", folder / "data", "-p", self.port,
                                "-h", "127.0.0.1", "-k", folder, *settings], folder.parent / "postgres.log", folder=folder)
        until(60, "PostgreSQL", self.is_ready)
        self.id = self.program.id

    def is_ready(self):
        self.program.lives()
        with contextlib.suppress(RuntimeError):
            return self.asks("SELECT 1", "postgres") == "1"

    def psql(self, database, *words, seconds=600, **more):
        return runs(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", f"{self.url}/{database}", *words], seconds, **more)

    def asks(self, statement, database="atelier"):
        return self.psql(database, "-c", statement).strip()

    @property
    def version(self):
        return self.asks("SHOW server_version", "postgres").split()[0]

    def says_statements(self, says):
        """Writes every statement, its parameters and its time to the log, or no longer."""
        self.asks(f"ALTER SYSTEM SET log_min_duration_statement = {0 if says else -1}", "postgres")
        self.asks("SELECT pg_reload_conf()", "postgres")
        time.sleep(0.5)

    def log(self):
        path = self.folder / "data" / "log" / "log.json"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def stop(self):
        self.program.stop()


class Atelier:
    """The server on one database, in a folder of its own."""

    def __init__(self, program, folder, database=None, words=("serve",), **settings):
        self.folder, self.port = folder, free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.url = f"http://127.0.0.1:{self.port}"
        # Everybody asks from this machine: with a proxy's header, sign-ins come from many addresses, as they do.
        self.environment = {"PATH": os.environ["PATH"], "PORT": str(self.port), "ATELIER_DATA_DIR": str(folder / "data"),
                            "MEDIA_PROCESSING": "off", "TRUSTED_PROXIES": "127.0.0.1",
                            # One machine stands for thousands of people here.
                            "VISITOR_UNITS_PER_SECOND": "0", "MEMBER_UNITS_PER_SECOND": "0",
                            "SIGN_INS_PER_MINUTE": "0", "PAYMENTS_PER_MINUTE": "0",
                            **({"DATABASE_URL": database} if database else {}), **settings}
        self.program_path = os.path.abspath(program)
        self.started = time.monotonic()
        self.program = Program([self.program_path, *words], folder / "log", self.environment)
        self.id = self.program.id

    def command(self, *words, seconds=600):
        return runs([self.program_path, *words], seconds, env=self.environment)

    def is_ready(self):
        self.program.lives()
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{self.url}/readyz", timeout=2).status == 200

    def waits(self):
        until(120, "the server", self.is_ready, 0.02)
        return self

    def asks(self, document, variables=None, token=None, address=None):
        return asks(f"{self.url}/graphql", document, variables, token, address)

    def stop(self):
        self.program.stop()


def asks(url, document, variables=None, token=None, address=None):
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {}),
               **({"x-forwarded-for": address} if address else {})}
    body = json.dumps({"query": document, "variables": variables or {}}).encode()
    try:
        answer = json.load(urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60))
    except urllib.error.HTTPError as refusal:
        raise RuntimeError(f"{refusal.code}: {refusal.read()[:500]}") from refusal
    if answer.get("errors"):
        raise RuntimeError(f"{answer['errors']} to {document}")
    return answer["data"]
