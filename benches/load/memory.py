"""What the memory of a server is that nobody asks: the program's own pages, the heap, stacks; and what settings change of it.

    python3 benches/load/memory.py target/release/atelier [postgres://user@host/name]

Starts it on a SQLite file with the demo, or on the database, once for each setting, waits three seconds and reads /proc/PID/smaps.
Not here: memory under load (`measure.py`), what single requests take.
"""

import collections
import pathlib
import re
import sys
import tempfile
import time

from places import Atelier

SETTINGS = {
    "as it is": {},
    "one thread for requests": {"WORKER_THREADS": "1"},
    "two connections": {"DATABASE_CONNECTIONS": "2"},
    "no answers kept": {"ANSWER_CACHE_MIB": "0"},
    "no huge pages": {"MIMALLOC_ALLOW_THP": "0"},
    "freed pages given back at once": {"MIMALLOC_PURGE_DELAY": "0"},
    "without the worker": {"words": ("serve", "--no-worker")},
}


def kind(line, program):
    """What a mapping is, by its first line in smaps."""
    rights, path = line.split()[1], " ".join(line.split()[5:])
    if path.endswith(program):
        return "the program: code" if "x" in rights else "the program: constants and tables" if "w" not in rights else "the program: its data"
    if path.startswith("["):
        return "stack and kernel" if path != "[heap]" else "heap"
    if path:
        return "system libraries" if ".so" in path else "mapped files"
    return "heap"


def parts(process, program):
    """MiB by kind; whole thread stacks are anonymous too and counted as heap."""
    found = collections.Counter()
    now = None
    for line in pathlib.Path(f"/proc/{process}/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            now = kind(line, program)
        elif line.startswith("Rss:"):
            found[now] += int(line.split()[1]) / 1024
    return found


def measured(program, database, folder, settings):
    words = settings.get("words", ("serve",))
    rest = {name: value for name, value in settings.items() if name != "words"}
    server = Atelier(program, folder, database, words, **rest).waits()
    try:
        time.sleep(3)
        threads = len(list(pathlib.Path(f"/proc/{server.id}/task").iterdir()))
        rollup = pathlib.Path(f"/proc/{server.id}/smaps_rollup").read_text()
        huge = int(re.search(r"AnonHugePages:\s+(\d+)", rollup)[1]) / 1024
        return parts(server.id, pathlib.Path(program).name), huge, threads
    finally:
        server.stop()


def main(program, database=None):
    with tempfile.TemporaryDirectory(prefix="atelier-memory-") as folder:
        # The first start makes the demo; that is not what later ones hold.
        told = [measured(program, database, pathlib.Path(folder), settings) for settings in [{}, *SETTINGS.values()]]
    kinds = sorted({kind for found, _, _ in told for kind in found}, key=lambda kind: -told[1][0][kind])
    print("| setting | all, MiB | " + " | ".join(kinds) + " | of it huge pages | threads |")
    print("|---|" + "--:|" * (len(kinds) + 3))
    for name, (found, huge, threads) in zip(["with an empty database", *SETTINGS], told):
        print(f"| {name} | {sum(found.values()):.1f} | " + " | ".join(f"{found[kind]:.1f}" for kind in kinds) + f" | {huge:.0f} | {threads} |")


if __name__ == "__main__":
    sys.exit(__doc__ if len(sys.argv) not in (2, 3) else main(*sys.argv[1:]))
