"""What a change gave: the same pages from several programs, in turns, on one market; and where the processor time goes.

    python3 benches/load/compare.py PROGRAM [PROGRAM …] [--pages storefront,course] [--database postgres] [--rounds 5] [--seconds 2]
    [--connections 8] [--profile FILE]

Needs a market that `measure.py` has filled, of the same --scale and --folder; and the programs must have the same migrations. Prints the
median of each program's processor time for a request, server + PostgreSQL, and each program as a multiple of the first. With
--profile, `perf record` watches the last program, and FILE gets what it saw: build it with `strip = "none"` and frame pointers
(`RUSTFLAGS="-C force-frame-pointers=yes"`). Not here: latencies, other servers (`measure.py`).
"""

import argparse
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile

import seed
from measure import WRITTEN_A_SECOND, market
from places import Atelier, Postgres, processor_seconds
from traffic import READS, WRITES, Asker, wrk

def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/var/tmp/atelier-load"))
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--database", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--pages", default=",".join(READS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--kept", action="store_true", help="with answers that are kept")
    parser.add_argument("--profile", type=pathlib.Path)
    wish = parser.parse_args()
    unknown = set(wish.pages.split(",")) - set(READS + WRITES)
    if unknown:
        parser.error(f"no such page: {', '.join(sorted(unknown))}; there are {', '.join(READS + WRITES)}")
    wish.program = wish.programs[0]
    return wish


class Measured:
    """A program on the market, and what it took."""

    def __init__(self, program, number, wish, folder, database, postgres):
        same = database or f"sqlite://{folder / 'data' / 'atelier.db'}"
        settings = {} if wish.kept else {"ANSWER_CACHE_MIB": "0"}
        self.postgres = postgres
        self.server = Atelier(program, folder / f"compared-{number}", same, ("serve", "--no-worker"), **settings).waits()
        self.asker, self.costs = Asker(self.server, seed.Amounts(wish.scale)), {}

    def asks(self, page, wish, lines):
        questions = self.asker.questions(page, WRITTEN_A_SECOND.get(page, 0) * wish.seconds)
        before = self.processor()
        load, sent = wrk(f"{self.server.url}/graphql", questions, wish.connections, wish.seconds, lines)
        if load.errors:
            raise RuntimeError(f"{page}: {load.errors} of {load.requests} were refused or failed")
        if page in WRITES:
            self.asker.not_sent(page, questions[sent:])
        return [(now - then) * 1e3 / load.requests for now, then in zip(self.processor(), before)]

    def processor(self):
        return processor_seconds(self.server.id), processor_seconds(self.postgres.id) if self.postgres else 0.0


def watched(measured, page, wish, lines, report):
    with tempfile.TemporaryDirectory() as place:
        data = pathlib.Path(place) / "perf.data"
        words = ["perf", "record", "-q", "-F", "1999", "--call-graph", "fp", "-o", data, "-p", measured.server.id]
        perf = subprocess.Popen([str(word) for word in words])
        try:
            measured.asks(page, wish, lines)
        finally:
            perf.send_signal(signal.SIGINT)
            perf.wait(60)
        for title, more in (("by themselves", ["--no-children"]), ("with what they call", ["--children"])):
            words = ["perf", "report", "-i", data, "--stdio", "-g", "none", "--percent-limit", "0.4", *more]
            said = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300)
            report.write(f"\n=== {page}, {title}\n{said.stdout}")


def main():
    wish = arguments()
    postgres = Postgres(wish.folder / "pg") if wish.database == "postgres" else None
    contestants = []
    try:
        _, folder, database = market(wish, seed.Amounts(wish.scale), postgres)
        contestants = [Measured(*one, wish, folder, database, postgres) for one in zip(wish.programs, range(len(wish.programs)))]
        with tempfile.TemporaryDirectory() as place:
            lines = pathlib.Path(place) / "lines"
            for page in wish.pages.split(","):
                for turn in range(wish.rounds + 1):
                    for one in contestants:
                        cost = one.asks(page, wish, lines)
                        # The first turn prepares statements and fills what is kept.
                        if turn:
                            one.costs.setdefault(page, []).append(cost)
                first = None
                for one in contestants:
                    server, database_ = (statistics.median(side) for side in zip(*one.costs[page]))
                    first = first or server + database_
                    print(f"{page:10} {pathlib.Path(one.server.program_path).name:16} {server:.3f} + {database_:.3f} = {server + database_:.3f} ms"
                          f"  {(server + database_) / first:.2f} x the first", flush=True)
                if wish.profile:
                    with wish.profile.open("a") as report:
                        watched(contestants[-1], page, wish, lines, report)
    finally:
        for one in contestants:
            one.server.stop()
        if postgres:
            postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
