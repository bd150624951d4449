"""PostGraphile 5 beside the server: on the same tables, asked for the same leaves, held to the same values.

Installed below the user's cache, with the versions of `postgraphile/package-lock.json`. Its schema is made from the tables; two
functions (`peer.sql`) do what tables alone do not. It is spared what it has no part for: it is told who asks instead of checking a
token, and there is no signing in. Left out of all documents, since it derives nothing of the kind: formatted amounts, addresses, HTML.
"""

import contextlib
import datetime
import itertools
import os
import pathlib
import shutil
import uuid

import seed
from documents import DIGITS
from places import CACHE, Program, asks, free_port, runs, until
from traffic import PEOPLE, Asker, Question

HERE = pathlib.Path(__file__).with_name("postgraphile")
PRICES = "pricesByOfferingId { nodes { rowId kind isDefault amountMinor currency } }"
COMMON = "rowId slug title subtitle"
STOREFRONT = f"""query($handle: String!) {{ creatorByHandle(handle: $handle) {{ rowId handle displayName headline isVerified followerCount
  offeringsByCreatorId(condition: {{status: "PUBLISHED", kind: "COURSE"}}, orderBy: [PUBLISHED_AT_DESC, ROW_ID_DESC], first: 20) {{
  pageInfo {{ hasNextPage }} nodes {{ {COMMON} level language updatedAt courseByOfferingId {{ estimatedMinutes lessonCount }} {PRICES} }} }} }} }}"""
COURSE = f"""query($handle: String!, $slug: String!) {{ creatorByHandle(handle: $handle) {{ rowId handle displayName headline isVerified
  offeringsByCreatorId(condition: {{slug: $slug}}, first: 1) {{ nodes {{ {COMMON} level language descriptionMarkdown
  courseByOfferingId {{ estimatedMinutes lessonCount outcomes }} {PRICES} sectionsByOfferingId(orderBy: [POSITION_ASC]) {{ nodes {{ rowId
  title position lessonsBySectionId(orderBy: [POSITION_ASC]) {{ nodes {{ rowId title summary position kind isPreview
  durationSeconds }} }} }} }} }} }} }} }}"""
SEARCH = f"""query($one: String!, $two: String!, $offset: Int) {{ peerFound(one: $one, two: $two, first: 20, offset: $offset) {{
  pageInfo {{ hasNextPage }} nodes {{ {COMMON} creatorByCreatorId {{ handle displayName }} {PRICES} }} }} }}"""
LIBRARY = """query($user: UUID!) { userByRowId(rowId: $user) { rowId enrollmentsByUserId(orderBy: [ROW_ID_DESC], first: 20) {
  nodes { rowId state source startedAt completedLessons lastActivityAt offeringByOfferingId { rowId slug title
  creatorByCreatorId { handle displayName } courseByOfferingId { lessonCount } } } } } }"""
CLAIM = """mutation($buyer: UUID!, $price: UUID!, $key: UUID!) { peerClaimFree(input: {buyer: $buyer, price: $price, key: $key}) {
  result { rowId state } } }"""


class PostGraphile:
    """One process of it, in production mode."""

    def __init__(self, postgres, database):
        home = CACHE / "postgraphile"
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", "server.mjs"):
            shutil.copy(HERE / name, home / name)
        if not (home / "node_modules" / "postgraphile").exists():
            runs(["npm", "ci"], 600, cwd=home)
        postgres.psql(database, "-f", HERE / "peer.sql")
        self.postgres, self.database = postgres, database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {"PATH": os.environ["PATH"], "PORT": str(self.port), "DATABASE_URL": f"{postgres.url}/{database}",
                       "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
        self.program = Program([home / "node_modules" / "node" / "bin" / "node", "server.mjs"], CACHE / "postgraphile.log", environment, home)
        self.id = self.program.id

    def is_ready(self):
        self.program.lives()
        with contextlib.suppress(OSError):
            return self.asks("{ __typename }")

    def waits(self):
        until(60, "PostGraphile", self.is_ready)
        return self

    def asks(self, document, variables=None):
        return asks(f"{self.url}/graphql", document, variables)

    def stop(self):
        self.program.stop()
        self.postgres.psql(self.database, "-c", "DROP SCHEMA IF EXISTS peer CASCADE")


def key_of(table, number):
    return str(uuid.UUID(bytes=seed.key(table, number)))


class PeerAsker:
    """What `asker` asks of Atelier, asked of PostGraphile."""

    def __init__(self, asker):
        # Buyers of its own: what one has given, the other cannot.
        self.asker, self.buyers = asker, Asker(asker.server, asker.amounts)

    def questions(self, page, amount=0):
        if page in ("storefront", "course"):
            return [Question({"storefront": STOREFRONT, "course": COURSE}[page], one) for one in self.asker.subjects[page]]
        if page == "search":
            return [Question(SEARCH, self.searched(one.variables)) for one in self.asker.searches()]
        if page == "library":
            readers = map(self.asker.account, range(PEOPLE))
            return [Question(LIBRARY, {"user": key_of("users", account)}) for account in readers]
        return [Question(CLAIM, {"buyer": key_of("users", buyer), "price": key_of("prices", course), "key": str(uuid.uuid4())},
                         about=(buyer, course)) for buyer, course in itertools.islice(self.buyers.pairs, amount)]

    def not_sent(self, page, questions):
        self.buyers.not_sent(page, questions)

    @staticmethod
    def searched(variables):
        one, two = variables["words"].lower().split()
        return {"one": one.translate(str.maketrans("è", "e")), "two": two, "offset": 20 if "after" in variables else 0}


def prices(row):
    return [{"id": one["rowId"], "kind": one["kind"], "isDefault": one["isDefault"],
             "amount": {"minorUnits": one["amountMinor"], "currency": one["currency"]}} for one in row["pricesByOfferingId"]["nodes"]]


def picked(row, names):
    return {**({"id": row["rowId"]} if "rowId" in row else {}), **{name: row[name] for name in names.split()}}


def storefront(answer):
    creator = answer["creatorByHandle"]
    listed = creator["offeringsByCreatorId"]
    nodes = [{**picked(row, "slug title subtitle level language updatedAt"), **row["courseByOfferingId"], "prices": prices(row)}
             for row in listed["nodes"]]
    return {"creator": {**picked(creator, "handle displayName headline isVerified followerCount"),
                        "courses": {"pageInfo": listed["pageInfo"], "nodes": nodes}}}


def course(answer):
    creator = answer["creatorByHandle"]
    row = creator["offeringsByCreatorId"]["nodes"][0]
    sections = [{**picked(one, "title position"),
                 "lessons": [picked(step, "title summary position kind isPreview durationSeconds") for step in one["lessonsBySectionId"]["nodes"]]}
                for one in row["sectionsByOfferingId"]["nodes"]]
    return {"course": {**picked(row, "slug title subtitle level language"), **row["courseByOfferingId"],
                       "description": {"markdown": row["descriptionMarkdown"]},
                       "creator": picked(creator, "handle displayName headline isVerified"), "prices": prices(row), "sections": sections}}


def search(answer):
    nodes = [{**picked(row, "slug title subtitle"), "creator": row["creatorByCreatorId"], "prices": prices(row)} for row in answer["peerFound"]["nodes"]]
    return {"search": {"pageInfo": answer["peerFound"]["pageInfo"], "nodes": nodes}}


def library(answer):
    user = answer["userByRowId"]
    rights = []
    for one in user["enrollmentsByUserId"]["nodes"]:
        offered = one["offeringByOfferingId"]
        rights.append({**picked(one, "state source startedAt"),
                       "progress": {"completedLessons": one["completedLessons"], "totalLessons": offered["courseByOfferingId"]["lessonCount"],
                                    "lastActivityAt": one["lastActivityAt"]},
                       "offering": {**picked(offered, "slug title"), "creator": offered["creatorByCreatorId"]}})
    return {"viewer": {"id": user["rowId"], "library": {"nodes": rights}}}


READ_AS = {"storefront": storefront, "course": course, "search": search, "library": library}


def same(value, name=""):
    """A value as both servers can be held to it: ids as keys, moments as moments; where a page ends is each one's own."""
    if isinstance(value, dict):
        return {inner: same(one, inner) for inner, one in value.items() if inner != "endCursor"}
    if isinstance(value, list):
        return [same(one) for one in value]
    if name == "id" and isinstance(value, str):
        number = 0
        for digit in value.rsplit("_", 1)[1] if "_" in value else "":
            number = number * 62 + DIGITS.index(digit)
        return f"{number:032x}" if "_" in value else value.replace("-", "")
    if name.endswith("At") and isinstance(value, str):
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    return int(value) if name == "minorUnits" else value


def leaves(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 1 if inner is None else sum(map(leaves, inner))


def compared(asker, peer, questions_each):
    """Asks both the same and fails at the first difference; leaves compared, by page."""
    theirs, found = PeerAsker(asker), {}
    for page, reads in READ_AS.items():
        both = list(zip(asker.questions(page), theirs.questions(page)))
        for ours, question in both[::max(1, len(both) // questions_each)]:
            mine = same(asker.server.asks(ours.document, ours.variables, ours.token))
            other = same(reads(peer.asks(question.document, question.variables)))
            if mine != other:
                raise RuntimeError(f"{page}: {ours.variables}\n{mine}\n{other}")
            found[page] = found.get(page, 0) + leaves(mine)
    return found
