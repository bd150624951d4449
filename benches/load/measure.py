"""What pages cost, on PostgreSQL and on SQLite, beside what PostgreSQL alone takes, a static file, and PostGraphile 5: one command.

    python3 benches/load/measure.py target/release/atelier RESULTS [--scale 1] [--seconds 3] [--rounds 3] [--connections 1,16,64]
    [--databases postgres,sqlite] [--pages storefront,course,search,library,claim,sign-in] [--without-peer]

Seeds a market with `seed.py` where there is none yet (below --folder, a place on a disk), starts everything, holds PostGraphile's
answers to ours leaf by leaf, and then measures in rounds: each contestant, each page, at 1, 16 and 64 connections, so that what else
the machine does falls on all of them. Writes RESULTS/cells.json (each cell of each round), RESULTS/table.md (medians) and, with
matplotlib in ~/.cache/atelier/load/venv, RESULTS/costs.svg. Ends what it started.

Counted: requests answered in a second, p50 and p99 as wrk saw them, errors (all that is not 200, holds errors or refuses),
processor time of the server and of PostgreSQL, background work of both included, and memory. Not counted: wrk's own time, which it takes
from the same cores; TLS; a network. Needs wrk, PostgreSQL with pgbench, and for PostGraphile npm.
"""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import signal
import sqlite3
import sys
import time

import ceilings
import documents
import peer
import report
import seed
from places import Atelier, Postgres, busy_seconds, memory, processor_seconds, runs, until
from traffic import READS, WRITES, Asker, Question, wrk

# More than any server does in a second here: nothing is written twice.
WRITTEN_A_SECOND = {"claim": 4_000, "sign-in": 400}
# What may be kept, so that the cache makes a difference.
KEPT = ("storefront", "course", "search")
# Every question is worked out from the database.
NOTHING_KEPT = {"ANSWER_CACHE_MIB": "0", "KEPT_ROWS": "no"}
# As large as a storefront's answer.
STATIC = "/pages/workshop.js"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/var/tmp/atelier-load"))
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", default="1,16,64")
    parser.add_argument("--databases", default="postgres,sqlite")
    parser.add_argument("--pages", default=",".join(READS + WRITES))
    parser.add_argument("--without-peer", action="store_true")
    return parser.parse_args()


class Contestant:
    """Something that answers, and where its processor time goes."""

    def __init__(self, name, database, server, asker, pages, postgres=None):
        self.name, self.database, self.server, self.asker, self.pages, self.postgres = name, database, server, asker, pages, postgres
        self.url = f"{server.url}/graphql"

    def processor(self):
        return processor_seconds(self.server.id), processor_seconds(self.postgres.id) if self.postgres else 0.0

    def questions(self, page, amount=0):
        return self.asker.questions(page, amount)

    def sends(self, page, connections, seconds, lines):
        """What came of it, and the processor time before and after."""
        questions = self.questions(page, WRITTEN_A_SECOND.get(page, 0) * seconds)
        # What those before had asked when they went away still takes an address's places for a moment (decision 0034).
        time.sleep(0.3)
        before = self.processor()
        load, sent = wrk(self.url, questions, connections, seconds, lines)
        after = self.processor()
        if sent > len(questions) and page in WRITES:
            raise RuntimeError(f"{self.name} does more than {WRITTEN_A_SECOND[page]} a second: something was asked twice")
        if page in WRITES:
            self.asker.not_sent(page, questions[sent:])
        return before, load, after

    def measures(self, page, connections, seconds, lines):
        if "kept" in self.name:
            # What the writes of the last round made old is worked out again before it counts.
            for question in self.questions(page):
                question.is_asked(self.server)
        self.sends(page, connections, 1, lines)
        pathlib.Path(f"/proc/{self.server.id}/clear_refs").write_text("5")
        before, load, after = self.sends(page, connections, seconds, lines)
        if load.errors * 2 > load.requests:
            raise RuntimeError(f"{self.name} refuses {page}: {load.errors} of {load.requests}. What is refused costs something else")
        server, database = (then - now for now, then in zip(before, after))
        return {"requests": load.requests, "seconds": load.seconds, "p50": load.p50, "p99": load.p99, "errors": load.errors,
                "server": server, "database_processor": database, "memory": memory(self.server.id, "VmHWM")}


class ByAddress(Contestant):
    """The same questions by GET, with the numbers of registered documents."""

    def questions(self, page, amount=0):
        return [question.by_address() for question in super().questions(page, amount)]


class StaticFile(Contestant):
    """A file of the same process, through the same middleware."""

    def __init__(self, database, server):
        super().__init__("static file", database, server, None, ("storefront",))
        self.url = server.url + STATIC

    def questions(self, page, amount):
        return [Question("", {})]


class Alone:
    """pgbench: PostgreSQL and nothing else."""

    name, database = "pgbench", "postgres"

    def __init__(self, postgres, market, pages):
        self.postgres, self.market, self.scripts, self.pages = postgres, market, pages, tuple(pages)

    def measures(self, page, connections, seconds, _):
        ran = self.scripts[page].runs(connections, seconds, lambda: processor_seconds(self.postgres.id))
        return {"requests": ran.requests, "seconds": ran.seconds, "p50": ran.p50, "p99": ran.p99, "errors": 0, "server": 0.0,
                "database_processor": ran.processor, "memory": 0.0}

    def stop(self):
        ceilings.dropped(self.postgres, self.market)


def market(wish, amounts, postgres):
    """The database's name or None, and the folder, of a market of this scale; filled if it was not."""
    folder = wish.folder / f"{'postgres' if postgres else 'sqlite'}-{wish.scale:g}"
    name, filled = f"market_{wish.scale:g}".replace(".", "_"), folder / "filled"
    if not filled.exists():
        if postgres:
            for statement in (f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}"):
                postgres.asks(statement, "postgres")
        else:
            for file in folder.glob("data/atelier.db*"):
                file.unlink()
    database = f"{postgres.url}/{name}" if postgres else None
    if not filled.exists():
        seed.make(wish.program, folder, database, amounts)
        server = Atelier(wish.program, folder, database).waits()
        try:
            until(1800, "what search finds", lambda: words_are_there(folder, postgres, name), 2)
        finally:
            server.stop()
        filled.touch()
    return name if postgres else None, folder, database


def words_are_there(folder, postgres, name):
    left = "SELECT COUNT(*) FROM jobs WHERE kind = 'search.rebuild' AND state <> 'DONE'"
    if postgres:
        return postgres.asks(left, name) == "0"
    with contextlib.closing(sqlite3.connect(folder / "data" / "atelier.db", timeout=30)) as file:
        return file.execute(left).fetchone()[0] == 0


def captured(wish, amounts, postgres, name, folder, database):
    """pgbench's scripts, from what a server without anything else to do sends."""
    server = Atelier(wish.program, folder, database, ("serve", "--no-worker"), DATABASE_CONNECTIONS="2", **NOTHING_KEPT).waits()
    try:
        asker = Asker(server, amounts)
        made = {page: ceilings.scripts(postgres, name, asker, page) for page in READS + WRITES}
    finally:
        server.stop()
    return Alone(postgres, name, {page: ceilings.Pgbench(postgres, name, wish.results / "pgbench" / page, each) for page, each in made.items()})


class Servers:
    """All that was started, to be ended, last first."""

    def __init__(self):
        self.started = []

    def add(self, server):
        self.started.append(server)
        return server

    def stop(self):
        while self.started:
            self.started.pop().stop()


def contestants(wish, amounts, servers, facts):
    found = []
    for kind in wish.databases.split(","):
        postgres = servers.add(Postgres(wish.folder / "pg")) if kind == "postgres" else None
        name, folder, database = market(wish, amounts, postgres)
        if postgres:
            facts["postgres"] = postgres.version
            found.append(servers.add(captured(wish, amounts, postgres, name, folder, database)))
        server = servers.add(Atelier(wish.program, folder, database, **NOTHING_KEPT).waits())
        asker = Asker(server, amounts)
        found.append(Contestant("worked out", kind, server, asker, READS + WRITES, postgres))
        # Beside it, on the same rows, two that keep; nobody writes through them.
        same = database or f"sqlite://{folder / 'data' / 'atelier.db'}"
        beside = ("serve", "--no-worker")
        half = servers.add(Atelier(wish.program, folder / "rows", same, beside, ANSWER_CACHE_MIB="0").waits())
        found.append(Contestant("rows kept", kind, half, Asker(half, amounts), READS, postgres))
        keeping = servers.add(Atelier(wish.program, folder / "kept", same, beside).waits())
        found.append(Contestant("kept", kind, keeping, Asker(keeping, amounts), KEPT, postgres))
        by_address = servers.add(Atelier(wish.program, folder / "kept-by-address", same, beside).waits())
        registered(by_address, wish.results)
        found.append(ByAddress("kept, by GET", kind, by_address, Asker(by_address, amounts), KEPT, postgres))
        if not any(isinstance(one, StaticFile) for one in found):
            found.append(StaticFile(kind, keeping))
        if postgres and not wish.without_peer:
            beside = servers.add(peer.PostGraphile(postgres, name)).waits()
            facts["leaves"] = peer.compared(asker, beside, 24)
            found.append(Contestant("PostGraphile", kind, beside, peer.PeerAsker(asker), READS + ("claim",), postgres))
    return found


def registered(server, folder):
    """What an app's build does: its documents, by their numbers."""
    file = folder / "persisted-documents.json"
    texts = [getattr(documents, page.upper()) for page in KEPT]
    file.write_text(json.dumps({documents.number(text).removeprefix("sha256:"): text for text in texts}))
    server.command("documents", "add", file)


def idle(found, seconds):
    """Memory and processor time of each server that nobody asks."""
    time.sleep(3)
    servers = {one.server.id: one for one in found if hasattr(one, "server") and not isinstance(one, StaticFile)}
    before = {process: one.processor() for process, one in servers.items()}
    rests = {process: memory(process) for process in servers}
    time.sleep(seconds)
    return [{"name": one.name, "database": one.database, "memory": rests[process],
             "server": (one.processor()[0] - before[process][0]) / seconds, "database_processor": (one.processor()[1] - before[process][1]) / seconds}
            for process, one in servers.items()]


def cell(one, page, connections, wish):
    lines, begun = wish.results / "lines", time.monotonic()
    busy, children = busy_seconds(), resource.getrusage(resource.RUSAGE_CHILDREN)
    said = one.measures(page, connections, wish.seconds, lines)
    took, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = busy_seconds() - busy
    return {"name": one.name, "database": one.database, "page": page, "connections": connections, **said,
            "load": os.getloadavg()[0], "busy_cores": busy / took,
            "asking_cores": (after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime) / took}


def main():
    wish = arguments()
    # Whoever ends this ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    wish.results.mkdir(parents=True, exist_ok=True)
    amounts, servers, cells = seed.Amounts(wish.scale), Servers(), []
    facts = {"scale": wish.scale, "seconds": wish.seconds, "rounds": wish.rounds, "cores": os.cpu_count(), "begun": time.strftime("%F %R")}
    try:
        found = contestants(wish, amounts, servers, facts)
        facts["idle"] = idle(found, 5)
        for turn in range(wish.rounds):
            for page in wish.pages.split(","):
                for connections in map(int, wish.connections.split(",")):
                    for one in found:
                        if page in one.pages:
                            cells.append({"round": turn, **cell(one, page, connections, wish)})
                            last = cells[-1]
                            print(f"{turn} {page:10} {one.name:12} {one.database:8} {connections:2}: {last['requests'] / last['seconds']:8.0f}/s  "
                                  f"p99 {last['p99']:7.1f} ms  {last['errors']} errors  load {last['load']:.1f}", flush=True)
            (wish.results / "cells.json").write_text(json.dumps({**facts, "cells": cells}, indent=1))
    finally:
        servers.stop()
    report.writes(wish.results)


if __name__ == "__main__":
    sys.exit(main())
