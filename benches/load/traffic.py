"""What is asked of a server on a seeded database, page by page, and how: questions, and wrk sending them.

Reads ask of so many different things that no single row is hot, and that all of them fit into a cache of answers. Nothing that is
written is asked twice: each enrollment is of another learner and course, each sign-in of another account from another
address. Not here: what it costs (`measure.py`), and what else is measured beside it (`ceilings.py`, `peer.py`).
"""

import collections
import dataclasses
import itertools
import json
import pathlib
import subprocess
import time
import urllib.parse
import urllib.request
import uuid

import documents
import seed

READS = ("storefront", "course", "search", "library")
WRITES = ("claim", "sign-in")
# Different questions a page is asked.
VARIETY = 200
# People who are signed in at once.
PEOPLE = 64
LUA = pathlib.Path(__file__).with_name("ask.lua")


@dataclasses.dataclass
class Question:
    """Without a document: a GET of the path, or of the contestant's own address."""

    document: str
    variables: dict
    token: str = ""
    address: str = ""
    # What is written: whom and what it is about.
    about: object = None
    path: str = ""

    def line(self):
        if not self.document:
            return f"\t\tGET{self.path}\n"
        return f"{self.token}\t{self.address}\t{json.dumps({'query': self.document, 'variables': self.variables})}\n"

    def is_asked(self, server):
        """Once, by itself."""
        if self.path:
            urllib.request.urlopen(server.url + self.path, timeout=60).read()
        else:
            server.asks(self.document, self.variables, self.token)

    def by_address(self):
        """The same for an app that has registered its documents: a number instead of a text, in an address."""
        words = {"documentId": documents.number(self.document), "variables": json.dumps(self.variables)}
        return Question("", {}, path=f"/graphql?{urllib.parse.urlencode(words)}")


def subjects(amounts):
    """What is asked about: page to variables of each question."""
    courses = [(number * 37) % amounts.courses for number in range(VARIETY)]
    words = [{"words": f"{craft} {thing.split()[-1]}"} for craft in seed.CRAFTS for thing in seed.THINGS]
    return {
        "storefront": [{"handle": f"maker-{number}"} for number in range(min(VARIETY, amounts.long))],
        "course": [{"handle": f"maker-{seed.creator_of(amounts, number)}", "slug": seed.slug(number)} for number in courses],
        "search": words[::max(1, len(words) // (VARIETY // 2))],
    }


class Asker:
    """Questions to Atelier, and the people who ask them; every asker has people of its own."""

    numbers = itertools.count()

    def __init__(self, server, amounts):
        self.server, self.amounts = server, amounts
        self.subjects = subjects(amounts)
        # Another run's claims are still there: begin somewhere else.
        self.first = (int(time.time() / 60) * 8 + next(self.numbers)) * PEOPLE * 2 % amounts.accounts
        self.pairs, self.newcomers = self.unheld(), itertools.count(self.first + 7 * PEOPLE)
        self.tokens, self.since = {}, 0
        self.pages = None

    def account(self, number):
        return (self.first + number) % self.amounts.accounts

    def sign_in(self, account):
        question = self.newcomer(account)
        answer = self.server.asks(question.document, question.variables, address=question.address)["authSignIn"]
        if not answer["session"]:
            raise RuntimeError(f"{question.variables['email']} cannot sign in: {answer['userErrors']}")
        return answer["session"]["accessToken"]

    def signed_in(self):
        """Readers and buyers; tokens are good for fifteen minutes."""
        if time.monotonic() - self.since > 400:
            self.tokens = {self.account(number): self.sign_in(self.account(number)) for number in range(2 * PEOPLE)}
            self.since = time.monotonic()
        return self.tokens

    def unheld(self):
        """A buyer and a free course that it does not have, again and again."""
        buyers = [self.account(number) for number in range(PEOPLE, 2 * PEOPLE)]
        held = {buyer: set(seed.courses_of(self.amounts, buyer)) for buyer in buyers}
        for course in range(0, self.amounts.courses, 2):
            for buyer in buyers:
                if course not in held[buyer]:
                    yield buyer, course

    def searches(self):
        """First pages, and the pages behind them."""
        if not self.pages:
            first = self.subjects["search"]
            answers = [self.server.asks(documents.SEARCH, one)["search"] for one in first]
            ends = [answer["pageInfo"] for answer in answers]
            behind = [{**one, "after": end["endCursor"]} for one, end in zip(first, ends) if end["hasNextPage"]]
            self.pages = [Question(documents.SEARCH, one) for one in first + behind]
        return self.pages

    def questions(self, page, amount=0):
        """All there are of a page that is read; `amount` new ones of what is written."""
        if page in ("storefront", "course"):
            return [Question(getattr(documents, page.upper()), one) for one in self.subjects[page]]
        if page == "search":
            return self.searches()
        if page == "sign-in":
            return [self.newcomer(number) for number in itertools.islice(self.newcomers, amount)]
        tokens = self.signed_in()
        if page == "library":
            return [Question(documents.LIBRARY, {}, tokens[self.account(number)]) for number in range(PEOPLE)]
        return [self.claim(buyer, course, tokens[buyer]) for buyer, course in itertools.islice(self.pairs, amount)]

    def not_sent(self, page, questions):
        """What was to be written and was not can still be."""
        unused = [question.about for question in questions if question.about is not None]
        if page == "claim":
            self.pairs = itertools.chain(unused, self.pairs)
        elif page == "sign-in":
            self.newcomers = itertools.chain(unused, self.newcomers)

    def claim(self, buyer, course, token):
        price = documents.told("prc", seed.key("prices", course))
        return Question(documents.CLAIM, {"key": str(uuid.uuid4()), "price": price}, token, about=(buyer, course))

    def newcomer(self, number):
        account = {"email": seed.email(number % self.amounts.accounts), "password": seed.PASSWORD}
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return Question(documents.SIGN_IN, account, address=address, about=number)


Load = collections.namedtuple("Load", "requests seconds p50 p99 errors bytes")


def wrk(url, questions, connections, seconds, file):
    """Sends questions over so many connections, one after the other on each; what came of it, in milliseconds, and how many were sent."""
    if not questions:
        raise RuntimeError("nothing is left to be asked: the market is too small for so many rounds")
    file.write_text("".join(question.line() for question in questions))
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(LUA), url, "--", str(file)]
    said = subprocess.run(words, capture_output=True, text=True, timeout=seconds + 60)
    result = [line for line in said.stdout.splitlines() if line.startswith("RESULT ")]
    if said.returncode != 0 or not result:
        raise RuntimeError(f"wrk: {said.stdout[-1000:]} {said.stderr[-1000:]}")
    told = json.loads(result[0][7:])
    return Load(told["requests"], told["microseconds"] / 1e6, told["p50"] / 1e3, told["p99"] / 1e3, told["errors"],
                told["bytes"]), told["sent"]
