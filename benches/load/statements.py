"""Which statements a page takes, with their times, as PostgreSQL itself tells it.

    python3 benches/load/statements.py target/release/atelier postgres://atelier@127.0.0.1:5432/atelier LOG SCALE

For a database that `seed.py` filled; LOG is that PostgreSQL's jsonlog with log_min_duration_statement = 0 (see `Postgres.says_statements`
in places.py). Each page is asked five times first, so that plans and statements are there.
"""

import json
import pathlib
import re
import sys
import tempfile
import time
import uuid

import documents
import seed
from places import Atelier


def questions(amounts, server):
    """Page: how it is asked for the nth time, as document, variables and token; never the same twice, as answers may be kept."""
    long = amounts.long
    handle = lambda n: f"maker-{n % long}"
    course = lambda n: n * 2 % amounts.courses
    account = amounts.accounts - 1
    session = server.asks(documents.SIGN_IN, {"email": seed.email(account), "password": seed.PASSWORD})["authSignIn"]
    token = session["session"]["accessToken"]
    held = set(seed.courses_of(amounts, account))
    free = [n for n in range(0, amounts.courses, 2) if n not in held]
    # Those of an earlier trace are taken.
    offset = int(time.time()) % (len(free) - 10)
    return {
        "storefront": lambda n: (documents.STOREFRONT, {"handle": handle(n)}, None),
        "course": lambda n: (documents.COURSE, {"handle": f"maker-{seed.creator_of(amounts, course(n))}", "slug": seed.slug(course(n))}, None),
        "catalog": lambda n: (documents.CATALOG, {"level": seed.LEVELS[n % 4], "first": 20 - n}, None),
        "library": lambda n: (documents.LIBRARY, {}, token),
        "claim": lambda n: (documents.CLAIM, {"key": str(uuid.uuid4()), "price": documents.told("prc", seed.key("prices", free[n + offset]))}, token),
        "sign-in": lambda n: (documents.SIGN_IN, {"email": seed.email(account - n - 1), "password": seed.PASSWORD}, None),
    }


def statements(lines):
    """Each statement with its time in ms, in order: parsing, binding and running added up."""
    seen = {}
    for line in lines:
        said = re.match(r"duration: ([\d.]+) ms  (parse|bind|execute|statement)(?: ([^:]+))?: (.*)", line.get("message", ""), re.S)
        if not said:
            continue
        took, step, _, text = said.groups()
        key = (line["pid"], text)
        if step in ("execute", "statement"):
            yield text, seen.pop(key, 0) + float(took), line.get("detail", "")
        else:
            seen[key] = seen.get(key, 0) + float(took)


def main(program, database, log, scale):
    amounts = seed.Amounts(float(scale))
    log = pathlib.Path(log)
    with tempfile.TemporaryDirectory(prefix="atelier-trace-") as folder:
        server = Atelier(program, pathlib.Path(folder), database, ("serve", "--no-worker"), DATABASE_CONNECTIONS="2").waits()
        try:
            for page, question in questions(amounts, server).items():
                for n in range(5):
                    server.asks(*question(n))
                time.sleep(0.3)
                begin = log.stat().st_size
                answer = server.asks(*question(5))
                time.sleep(0.3)
                with open(log, "rb") as file:
                    file.seek(begin)
                    lines = [json.loads(line) for line in file.read().decode().splitlines()]
                ran = list(statements(lines))
                print(f"\n## {page}: {len(ran)} statements, {sum(took for _, took, _ in ran):.2f} ms in PostgreSQL, "
                      f"{len(json.dumps(answer))} bytes\n")
                for text, took, detail in ran:
                    print(f"- {took:.2f} ms  {' '.join(text.split())}\n      {detail}")
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(__doc__ if len(sys.argv) != 5 else main(*sys.argv[1:]))
