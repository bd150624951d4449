"""The same statements with nothing around them: what PostgreSQL alone takes for a page.

Listens to what the server sends for a few questions of each page, its parameters included, and lets pgbench send that, prepared. What
a write makes anew (keys, hashes) is made anew each time, and who claims which course is drawn from a table: one statement
more than the server sends. Not here: what runs in the background beside a page.
"""

import collections
import itertools
import json
import re
import subprocess
import time
import uuid

import documents
import seed
from traffic import READS

# Questions of a page that are listened to. Each is prepared on each connection, so these are few.
HEARD = 4
# Before it counts: connecting, preparing, and the executions that PostgreSQL plans one by one.
WARMING = 2
PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")

Ran = collections.namedtuple("Ran", "requests seconds p50 p99 processor")


def statements(lines):
    """Each statement that was run, with its parameters, of the connections a page was asked over."""
    for line in lines:
        said = re.match(r"duration: [\d.]+ ms  (?:execute [^:]+|statement|execute): (.*)", line.get("message", ""), re.S)
        if said and not said[1].startswith("SELECT 1"):
            found = PARAMETER.findall(line.get("detail", ""))
            yield said[1], {int(place): None if value == "NULL" else value[1:-1].replace("''", "'") for place, value in found}


def heard(postgres, server, questions):
    """What each question makes the server send."""
    log = postgres.folder / "data" / "log" / "log.json"
    postgres.says_statements(True)
    try:
        for question in questions:
            time.sleep(0.2)
            begin = log.stat().st_size
            server.asks(question.document, question.variables, question.token)
            time.sleep(0.3)
            with open(log, "rb") as file:
                file.seek(begin)
                yield question, list(statements(map(json.loads, file.read().decode().splitlines())))
    finally:
        postgres.says_statements(False)


class Script:
    """Statements as pgbench takes them: parameters are variables, given as they were or made anew each time."""

    numbers = itertools.count()

    def __init__(self, ran, known=None, source="", draws=None):
        self.known, self.number, self.source, self.draws = known or {}, next(self.numbers), source, draws or {}
        self.given, self.fresh, self.lines = {}, {}, []
        # Whose session it is stays the same.
        for value in ran[0][1].values() if "sessions" in ran[0][0] else ():
            if value not in self.known:
                self.given[value] = f"v{self.number}x{len(self.given)}"
        for text, parameters in ran:
            self.lines.append(self.written(text, parameters))

    def written(self, text, parameters):
        def variable(found):
            value = parameters[int(found[1])]
            if value is None:
                return "NULL"
            # Their types are told by the server; here what is added to must say it.
            near = text[max(0, found.start() - 3):found.start()] + text[found.end():found.end() + 3]
            cast = "::bigint" if "+" in near and value.lstrip("-").isdigit() else ""
            return f":{self.name(value)}{cast}"
        return " ".join(re.sub(r"\$(\d+)", variable, text).split()) + ";"

    def name(self, value):
        if value in self.known:
            return self.known[value]
        if value not in self.given and self.known and (is_new_key(value) or re.search("[0-9a-f]{64}$", value)):
            return self.fresh.setdefault(value, f"fresh{len(self.fresh)}")
        return self.given.setdefault(value, f"v{self.number}x{len(self.given)}")

    def text(self):
        makes = {name: made_anew(value) for value, name in self.fresh.items()}
        first = [f"{how} AS {name}" for name, how in {**makes, **self.draws}.items()]
        return "\n".join([f"SELECT {', '.join(first)}{self.source} \\gset"] * bool(first) + self.lines) + "\n"


def is_new_key(value):
    """Whether it is a key that was made now; the seed's begin with their own time."""
    try:
        key = uuid.UUID(value)
    except ValueError:
        return False
    return key.version == 4 or key.version == 7 and key.int >> 80 > seed.BEGIN_MILLIS + 10 ** 9 * 20


def made_anew(value):
    if is_new_key(value):
        return "gen_random_uuid()"
    # pgbench takes what follows a colon for a variable, in texts too.
    begins = "' || chr(58) || '".join(value[:-64].split(":"))
    return f"'{begins}' || md5(random()::text) || md5(random()::text)"


def drawn_claims(postgres, database, asker):
    """A table of claims that nobody made yet, and what of it a script draws."""
    pairs = list(itertools.islice(asker.pairs, 60_000))
    rows = "".join(f"{number}\t{seed.key('users', account).hex()}\t{seed.key('offerings', course).hex()}\t{seed.key('prices', course).hex()}\n"
                   for number, (account, course) in enumerate(pairs, 1))
    postgres.psql(database, "-c", """CREATE SCHEMA IF NOT EXISTS ceiling; DROP TABLE IF EXISTS ceiling.claims;
        CREATE TABLE ceiling.claims (n BIGINT PRIMARY KEY, buyer UUID, offering UUID, price UUID); DROP SEQUENCE IF EXISTS ceiling.turn;
        CREATE SEQUENCE ceiling.turn""")
    postgres.psql(database, "-c", "COPY ceiling.claims FROM STDIN", input=rows)
    postgres.psql(database, "-c", "ANALYZE ceiling.claims")


def dropped(postgres, database):
    postgres.psql(database, "-c", "DROP SCHEMA IF EXISTS ceiling CASCADE")


def scripts(postgres, database, asker, page):
    """pgbench's scripts for a page."""
    amounts, wanted = asker.amounts, HEARD + 3
    questions = asker.questions(page, wanted)
    # The first ones are asked so that nothing is told for the first time.
    *_, (question, last) = ran = list(heard(postgres, asker.server, questions[::max(1, len(questions) // wanted)][:wanted]))
    if page in READS:
        return [Script(each) for _, each in ran[-HEARD:]]
    if page == "sign-in":
        draws = {"email": f"'person-' || floor(random() * {amounts.accounts})::int || '@load.example'"}
        return [Script(last, {question.variables["email"]: "email"}, draws=draws)]
    buyer = next(account for account, token in asker.tokens.items() if token == question.token)
    course = next(number for number in range(amounts.courses)
                  if documents.told("prc", seed.key("prices", number)) == question.variables["price"])
    key = lambda table, number: str(uuid.UUID(bytes=seed.key(table, number)))
    names = {key("users", buyer): "buyer", key("offerings", course): "offering", key("prices", course): "price",
             documents.told("usr", seed.key("users", buyer)): "actor"}
    draws = {"buyer": "c.buyer", "offering": "c.offering", "price": "c.price", "actor": "'usr_' || c.buyer"}
    drawn_claims(postgres, database, asker)
    return [Script(last, names, " FROM ceiling.claims c WHERE n = (SELECT nextval('ceiling.turn'))", draws)]


class Pgbench:
    """pgbench with a page's scripts."""

    def __init__(self, postgres, database, folder, made):
        self.postgres, self.database, self.folder = postgres, database, folder
        self.words = []
        folder.mkdir(parents=True, exist_ok=True)
        for number, script in enumerate(made):
            file = folder / f"{number}.sql"
            file.write_text(script.text())
            self.words += ["-f", str(file)]
            for value, name in script.given.items():
                self.words += ["-D", f"{name}={value}"]

    def runs(self, connections, seconds, processor):
        """So many transactions, and the processor time that `processor` tells of them, once all is prepared."""
        for old in self.folder.glob("ran.*"):
            old.unlink()
        command = [self.postgres.programs / "pgbench", "-n", "-M", "prepared", "-c", connections, "-j", 1, "-T", seconds + WARMING + 1,
                   "-l", "--log-prefix", self.folder / "ran", *self.words, f"{self.postgres.url}/{self.database}"]
        pgbench = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(WARMING)
        begin, before = time.time(), processor()
        time.sleep(seconds)
        end, after = time.time(), processor()
        said, _ = pgbench.communicate(timeout=60)
        if pgbench.returncode != 0:
            raise RuntimeError(f"pgbench: {said[-2000:]}")
        took = []
        for log in self.folder.glob("ran.*"):
            for line in log.read_text().splitlines():
                _, _, micros, _, second, part = line.split()[:6]
                if begin <= int(second) + int(part) / 1e6 < end:
                    took.append(int(micros) / 1e3)
        took.sort()
        at = lambda part: took[min(len(took) - 1, int(len(took) * part))] if took else float("nan")
        return Ran(len(took), end - begin, at(0.5), at(0.99), after - before)
