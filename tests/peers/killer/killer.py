"""Kills the server at random moments while people buy, and counts afterwards.

    python3 killer.py BIN_DIR PURCHASES [postgres://user@host:port/name]

BIN_DIR holds `atelier` and `stripe_sandbox`. Stripe runs as a process of its own and so survives every kill; each of
its events arrives three times, up to ten seconds late and shuffled. Buyers insist: whatever breaks, their phone sends
the same wish again. At the end nothing may be lost and nothing doubled, here and at Stripe. One line a check; exit
code 1 if one failed. KILLER_SEED chooses the moments (printed; the threads still interleave as they like).
"""

import collections
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

BIN, PURCHASES = pathlib.Path(sys.argv[1]), int(sys.argv[2])
DATABASE = sys.argv[3] if len(sys.argv) > 3 else None
SEED = int(os.environ.get("KILLER_SEED") or random.randrange(1_000_000))
BUYERS_AT_ONCE = 6
COURSES = 40  # every other one costs something
LEARNERS = PURCHASES // 14 + 2  # so that nobody buys so often that it looks like trying out cards
PASSWORD = "load data only, no person"
READY_WITHIN = 1.0  # seconds of its own work: the machine is shared with six buyers, Stripe and whatever else runs
# A job whose worker was killed is taken again when its lease ends, two minutes later; events whose every delivery met a
# dead server are asked for every five minutes; those that nobody asks for (payment_intent.created) come by Stripe's
# posts alone, three of each, which takes its time on a busy machine.
ALL_DONE_WITHIN = 840
BROKEN = (urllib.error.URLError, ConnectionError, http.client.HTTPException, TimeoutError, json.JSONDecodeError)

random.seed(SEED)
failures = []


def check(sentence, holds, detail=""):
    print(f"{'ok   ' if holds else 'FAIL '} {sentence}{'' if holds else ': ' + str(detail)}", flush=True)
    if not holds:
        failures.append(sentence)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def call(url, body=None, headers=None, timeout=20):
    data = None if body is None else json.dumps(body).encode()
    head = {"content-type": "application/json", **(headers or {})}
    with urllib.request.urlopen(urllib.request.Request(url, data, head), timeout=timeout) as answer:
        return json.loads(answer.read())


class Server:
    """The program, killed and started again."""

    def __init__(self, folder):
        self.port, self.stripe_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.stripe = f"http://127.0.0.1:{self.stripe_port}/sandbox/stripe"
        self.folder, self.log = folder, open(folder / "log", "ab")
        self.environment = {
            "PATH": os.environ["PATH"], "PORT": str(self.port), "ATELIER_DATA_DIR": str(folder / "data"),
            # Six phones stand for a crowd here: what one person may ask for in a minute is not what is looked at.
            "SIGN_INS_PER_MINUTE": "0", "PAYMENTS_PER_MINUTE": "0", "MEMBER_UNITS_PER_SECOND": "0",
            "STRIPE_SECRET_KEY": "sk_test_sandbox", "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
            "STRIPE_WEBHOOK_SECRET": "whsec_sandbox_platform",
            "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_sandbox_connect", "STRIPE_API_BASE": f"{self.stripe}/api",
            **({"DATABASE_URL": DATABASE} if DATABASE else {}),
        }
        arguments = ["--port", str(self.stripe_port), "--hooks", self.url]
        self.sandbox = subprocess.Popen([BIN / "stripe_sandbox", *arguments], stdout=self.log, stderr=self.log)
        self.program, self.kills, self.ready_times = None, 0, []

    def run(self, *command, timeout=300):
        return subprocess.run([BIN / "atelier", *command], env=self.environment, capture_output=True, text=True, timeout=timeout)

    def start(self):
        """Starts it; gives the seconds until it was ready, by the clock and of its own work."""
        begun = time.monotonic()
        self.program = subprocess.Popen([BIN / "atelier", "serve"], env=self.environment, stdout=self.log, stderr=self.log)
        while time.monotonic() - begun < 60:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                    return time.monotonic() - begun, self.work()
            except BROKEN:
                time.sleep(0.005)
        raise SystemExit("FAIL  the server does not get ready")

    def work(self):
        fields = pathlib.Path(f"/proc/{self.program.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.program.send_signal(signal.SIGKILL)
        self.program.wait()
        self.kills += 1

    def graphql(self, document, variables, token=None):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = call(f"{self.url}/graphql", {"query": document, "variables": variables}, headers)
        if answer.get("errors"):
            raise ConnectionError(answer["errors"][0]["message"])
        return answer["data"]

    def end(self):
        for process in (self.program, self.sandbox):
            if process and process.poll() is None:
                process.kill()
                process.wait()


def insist(work, patience=120):
    """Does it again until there is an answer."""
    end = time.monotonic() + patience
    while True:
        try:
            return work()
        except BROKEN as error:
            if time.monotonic() > end:
                raise SystemExit(f"FAIL  no answer within {patience} s: {error}")
            time.sleep(random.uniform(0.05, 0.3))


SIGN_IN = "mutation($input: SignInInput!) { authSignIn(input: $input) { session { accessToken } userErrors { code } } }"
PRICES = """{ creator(by: { handle: "load-0" }) { courses(first: 100) { nodes { title prices { id kind } } } } }"""
QUOTE = """query($input: QuoteInput!) { quote(input: $input) { quote { token requiredConsents { kind version } }
  userErrors { code } } }"""
CREATE = """mutation($input: CheckoutCreateInput!) { checkoutCreate(input: $input) {
  checkout { id action { ... on HostedRedirect { url } } } userErrors { code message } } }"""
CHECKOUT = "query($id: ID!) { checkout(id: $id) { status order { status lines { enrollment { state } } } } }"


class Buyer:
    def __init__(self, server, number):
        self.server, self.email = server, f"learner-{number}@load.example"
        self.token, self.signed_in = None, 0.0

    def asks(self, document, variables):
        if time.monotonic() - self.signed_in > 600:
            wish = {"input": {"email": self.email, "password": PASSWORD}}
            self.token = self.server.graphql(SIGN_IN, wish)["authSignIn"]["session"]["accessToken"]
            self.signed_in = time.monotonic()
        return self.server.graphql(document, variables, self.token)

    def buys(self, price):
        """Pays on Stripe's page; gives the checkout."""
        quoted = insist(lambda: self.asks(QUOTE, {"input": {"items": [{"priceId": price}], "channel": "WEB"}}))["quote"]
        consents = [{**consent, "accepted": True} for consent in quoted["quote"]["requiredConsents"]]
        wish = {"input": {
            "quoteToken": quoted["quote"]["token"], "idempotencyKey": str(uuid.UUID(int=random.getrandbits(128), version=4)),
            "purchaseOption": "HOSTED_PAGE", "consents": consents, "returnUrl": "http://localhost/thanks",
        }}
        page = insist(lambda: self.page(wish))
        session = page["action"]["url"].split("/")[-1].split("?")[0]
        insist(lambda: call(f"{self.server.stripe}/checkout-sessions/{session}/pay", {"card": "4242424242424242"}))
        return page["id"]

    def page(self, wish):
        made = self.asks(CREATE, wish)["checkoutCreate"]
        if made["userErrors"]:
            code = made["userErrors"][0]["code"]
            if code in ("PAYMENT_PROVIDER_UNAVAILABLE", "RATE_LIMITED"):
                raise ConnectionError(code)
            raise SystemExit(f"FAIL  a purchase was refused: {made['userErrors']}")
        return made["checkout"]


def rows(server, text):
    if DATABASE:
        said = subprocess.run(["psql", "--quiet", "--tuples-only", "--no-align", "--field-separator=\t", DATABASE, "-c", text],
                              capture_output=True, text=True, check=True, timeout=30).stdout
        return [tuple(line.split("\t")) for line in said.splitlines()]
    database = sqlite3.connect(server.folder / "data" / "atelier.db", timeout=20)
    try:
        return [tuple(str(value) for value in row) for row in database.execute(text)]
    finally:
        database.close()


def at_stripe(server, kind):
    found, after = [], ""
    while True:
        url = f"{server.stripe}/api/v1/{kind}?limit=100{after}"
        page = call(url, headers={"authorization": "Bearer sk_test_sandbox", "stripe-version": "2026-08-26.dahlia"})
        found += page["data"]
        if not page["has_more"]:
            return found
        after = f"&starting_after={page['data'][-1]['id']}"


def buy_all(server, wishes):
    """Everybody buys, and the server dies at random moments. Gives each buyer's checkouts."""
    todo, lock, done = collections.deque(wishes), threading.Lock(), []
    broken = []

    def shopper():
        while True:
            with lock:
                if not todo:
                    return
                buyer, price = todo.popleft()
            try:
                checkout = buyer.buys(price)
            except BaseException as error:  # a thread's end must not go unseen
                broken.append(repr(error))
                return
            with lock:
                done.append((buyer, checkout))

    shoppers = [threading.Thread(target=shopper, daemon=True) for _ in range(BUYERS_AT_ONCE)]
    for thread in shoppers:
        thread.start()
    while any(thread.is_alive() for thread in shoppers):
        time.sleep(random.uniform(0.2, 2.5))
        if any(thread.is_alive() for thread in shoppers):
            server.kill()
            server.ready_times.append(server.start())
    check("every buyer came to the end of the payment page", not broken and len(done) == len(wishes), broken[:3] or len(done))
    return done


def all_paid(server, done):
    """Waits until every purchase has succeeded, killing nobody any more."""
    end, waiting = time.monotonic() + ALL_DONE_WITHIN, len(done)
    while waiting and time.monotonic() < end:
        time.sleep(1)
        waiting = int(rows(server, "SELECT COUNT(*) FROM checkouts WHERE status <> 'SUCCEEDED'")[0][0])
    check(f"all {len(done)} purchases succeeded, none was lost", waiting == 0, f"{waiting} wait")


def count_everything(server, done):
    number = str(len(done))
    charges = [charge for charge in at_stripe(server, "charges") if charge["paid"]]
    pages = at_stripe(server, "checkout/sessions")
    taken = str(sum(charge["amount_captured"] for charge in charges))
    check("Stripe took the money of each once", len(charges) == len(done), len(charges))
    check("Stripe opened one page for each", len(pages) == len(done), len(pages))
    for sentence, text, expected in [
        ("one sale is booked for each", "SELECT COUNT(*), COUNT(DISTINCT order_id) FROM journals WHERE kind = 'SALE'", (number, number)),
        ("one settled payment for each", "SELECT COUNT(*), COUNT(DISTINCT order_id) FROM payments WHERE state = 'SETTLED'", (number, number)),
        ("one right to learn for each", "SELECT COUNT(*) FROM enrollments WHERE source = 'PURCHASE' AND state = 'ACTIVE'", (number,)),
        ("one receipt for each", "SELECT COUNT(*) FROM letters WHERE kind = 'receipt'", (number,)),
        ("no order but these", "SELECT COUNT(*) FROM orders WHERE status = 'PAID'", (number,)),
        ("nothing for a person to look at", "SELECT COUNT(*) FROM cases", ("0",)),
        ("the book has the money that Stripe took",
         "SELECT CAST(SUM(p.amount_minor) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id WHERE p.account = 'STRIPE' AND j.kind = 'SALE'", (taken,)),
        ("the book sums to zero", "SELECT CAST(SUM(amount_minor) AS BIGINT) FROM postings", ("0",)),
    ]:
        found = rows(server, text)[0]
        check(sentence, found == expected, f"{found}, not {expected}")
    breaches = call(f"{server.stripe}/violations")["violations"]
    check("Stripe was asked nothing it would not take", not breaches, breaches[:3])


def events_arrived(server):
    """The storm is over when every event is in the inbox and handled."""
    happened = len(at_stripe(server, "events"))
    end = time.monotonic() + ALL_DONE_WITHIN
    while time.monotonic() < end:
        kept, waiting = rows(server, "SELECT COUNT(*), COUNT(CASE WHEN state = 'RECEIVED' THEN 1 END) FROM stripe_events")[0]
        if int(kept) >= happened and int(waiting) == 0:
            break
        time.sleep(1)
    check(f"all {happened} events arrived and were handled", int(kept) >= happened and int(waiting) == 0, f"{kept} kept, {waiting} wait")


def tell(server):
    seeded = server.run("seed", "--creators", "1", "--courses", str(COURSES), "--learners", str(LEARNERS))
    if seeded.returncode:
        raise SystemExit(f"FAIL  the market could not be prepared: {seeded.stdout}{seeded.stderr}")
    server.start()
    courses = insist(lambda: server.graphql(PRICES, {}))["creator"]["courses"]["nodes"]
    paid = {int(course["title"].split(":")[0].split()[1]): course["prices"][0]["id"]
            for course in courses if course["prices"][0]["kind"] != "FREE"}
    buyers = [Buyer(server, number) for number in range(LEARNERS)]
    # A learner was given the course of their number.
    wishes = [(buyer, price) for number, buyer in enumerate(buyers) for course, price in sorted(paid.items())
              if course != number % COURSES]
    random.shuffle(wishes)
    wishes = wishes[:PURCHASES]
    storm = {"plan": [{"event": "*", "kind": "storm", "seconds": 10, "times": 1_000_000}], "seed": SEED}
    insist(lambda: call(f"{server.stripe}/faults", storm))
    begun = time.monotonic()
    done = buy_all(server, wishes)
    spent, times = time.monotonic() - begun, server.ready_times or [(0.0, 0.0)]
    clock, work = (sorted(column) for column in zip(*times))
    print(f"      {len(done)} purchases in {spent:.0f} s, killed {server.kills} times; ready again after "
          f"{clock[len(clock) // 2]:.2f} s (half of the times), {clock[-1]:.2f} s at most, of which {work[-1]:.2f} s were its own work")
    check(f"killed, it is ready again after at most {READY_WITHIN:.0f} s of work", work[-1] <= READY_WITHIN, work[-5:])
    all_paid(server, done)
    events_arrived(server)
    count_everything(server, done)
    doctor = server.run("doctor", timeout=60)
    check("the doctor is content", doctor.returncode == 0, doctor.stdout[-2000:] + doctor.stderr[-500:])


def main():
    with tempfile.TemporaryDirectory(prefix="atelier-killer-") as folder:
        server = Server(pathlib.Path(folder))
        try:
            print(f"      {PURCHASES} purchases on {'PostgreSQL' if DATABASE else 'SQLite'}, KILLER_SEED={SEED}")
            tell(server)
        except SystemExit as failure:
            check(str(failure).removeprefix("FAIL  "), False)
        finally:
            server.end()
    sys.exit(1 if failures else 0)


main()
