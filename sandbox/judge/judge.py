"""The judge of the Stripe sandbox: Stripe's official SDK buys, onboards and listens, and says what is wrong.

It keeps the sandbox honest from outside: another language, another generator, written by Stripe. It exits 0 when
everything agrees and 1 with one line per mismatch. It knows nothing of the sandbox's code.

    pip install -r sandbox/judge/requirements.txt
    python sandbox/judge/judge.py --run target/debug/stripe_sandbox
"""

import argparse
import http.server
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import stripe

VERSION = "2026-08-26.dahlia"
PATIENCE = 20  # seconds until a wait is given up


class Mismatch(Exception):
    """What differs, in words."""


def check(what, actual, expected):
    if actual != expected:
        raise Mismatch(f"{what}: expected {expected!r}, got {actual!r}")


class Hooks:
    """The platform's endpoints: remembers every post, answers 200."""

    def __init__(self):
        posts, arrived = [], threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                with arrived:
                    posts.append((self.path, self.headers["stripe-signature"], body))
                    arrived.notify_all()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.posts, self.arrived = posts, arrived
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def event(self, kind, secret, about=None):
        """Waits for an event of that type and lets the SDK verify its signature."""

        def found():
            for path, signature, body in list(self.posts):
                event = json.loads(body)
                if event["type"] == kind and about in (None, event["data"]["object"]["id"], event.get("account")):
                    return path, signature, body
            return None

        with self.arrived:
            if not self.arrived.wait_for(found, PATIENCE):
                raise Mismatch(f"event {kind} about {about} did not arrive")
            path, signature, body = found()
        return path, stripe.Webhook.construct_event(body, signature, secret)


class Judge:
    def __init__(self, base, key, hooks, secrets):
        self.base, self.hooks, self.secrets = base, hooks, secrets
        self.stripe = stripe.StripeClient(
            key, stripe_version=VERSION, base_addresses={"api": f"{base}/api"}, max_network_retries=0
        )

    def control(self, path, body):
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{path}", data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def session(self, customer, key):
        line = {
            "quantity": 2,
            "price_data": {
                "currency": "eur",
                "unit_amount": 2400,
                "tax_behavior": "inclusive",
                "product_data": {"name": "Watercolour for beginners"},
            },
        }
        params = {
            "mode": "payment",
            "customer": customer.id,
            "client_reference_id": "ord_judge",
            "line_items": [line],
            "metadata": {"order": "ord_judge"},
            "payment_intent_data": {"transfer_group": "ord_judge", "metadata": {"order": "ord_judge"}},
            "success_url": "https://shop.example/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/basket",
        }
        return self.stripe.v1.checkout.sessions.create(params, {"idempotency_key": key})

    def sale(self, key):
        customer = self.stripe.v1.customers.create({"name": "Ada", "email": "ada@example.com"})
        session = self.session(customer, key)
        check("session total", session.amount_total, 4800)
        check("replayed session", self.session(customer, key).id, session.id)
        status, declined = self.control(f"/checkout-sessions/{session.id}/pay", {"card": "4000000000000002"})
        check("declined card", (status, declined["error"]["code"]), (402, "card_declined"))
        status, _ = self.control(f"/checkout-sessions/{session.id}/pay", {"card": "4242424242424242"})
        check("payment", status, 200)
        return session.id

    def money(self, session_id):
        expand = ["payment_intent.latest_charge.balance_transaction", "line_items"]
        session = self.stripe.v1.checkout.sessions.retrieve(session_id, {"expand": expand})
        check("session", (session.status, session.payment_status), ("complete", "paid"))
        check("line", session.line_items.data[0].amount_total, 4800)
        intent = session.payment_intent
        check("intent", (intent.status, intent.amount_received, intent.currency), ("succeeded", 4800, "eur"))
        check("intent metadata", intent.metadata["order"], "ord_judge")
        booked = intent.latest_charge.balance_transaction
        check("net + fee", booked.net + booked.fee, 4800)
        check("fee details", sum(part.amount for part in booked.fee_details), booked.fee)
        listed = self.stripe.v1.charges.list({"payment_intent": intent.id})
        check("charges", [charge.status for charge in listed.data], ["succeeded", "failed"])
        return intent

    def refusals(self, session_id):
        self.refused("expire a paid session", stripe.InvalidRequestError,
                     lambda: self.stripe.v1.checkout.sessions.expire(session_id))
        self.refused("unknown parameter", stripe.InvalidRequestError,
                     lambda: self.stripe.v1.customers.create({"colour": "red"}))
        self.refused("used key", stripe.IdempotencyError,
                     lambda: self.stripe.v1.customers.create({"name": "Bob"}, {"idempotency_key": "judge:1"}))
        self.refused("missing object", stripe.InvalidRequestError,
                     lambda: self.stripe.v1.charges.retrieve("ch_none"))

    @staticmethod
    def refused(what, kind, call):
        try:
            call()
        except kind:
            return
        raise Mismatch(f"{what}: was not refused")

    def events(self, session_id):
        path, event = self.hooks.event("checkout.session.completed", self.secrets[0], session_id)
        check("endpoint", path, "/webhooks/stripe")
        check("event version", event.api_version, VERSION)
        listed = self.stripe.v1.events.list({"type": "checkout.session.completed"})
        check("listed event", listed.data[0].id, event.id)

    def creator(self):
        account = self.stripe.v1.accounts.create(
            {
                "country": "DE",
                "email": "creator@example.com",
                "controller": {
                    "stripe_dashboard": {"type": "express"},
                    "fees": {"payer": "application"},
                    "losses": {"payments": "application"},
                    "requirement_collection": "stripe",
                },
                "capabilities": {"transfers": {"requested": True}},
            }
        )
        check("capability before", account.capabilities.transfers, "inactive")
        link = self.stripe.v1.account_links.create(
            {
                "account": account.id,
                "type": "account_onboarding",
                "return_url": "https://shop.example/back",
                "refresh_url": "https://shop.example/again",
            }
        )
        check("life of a link", link.expires_at - link.created, 300)
        self.control(f"/accounts/{account.id}/onboard", {"outcome": "ready"})
        ready = self.stripe.v1.accounts.retrieve(account.id)
        check("account", (ready.capabilities.transfers, ready.payouts_enabled), ("active", True))
        path, event = self.hooks.event("account.updated", self.secrets[1], account.id)
        check("connect endpoint", (path, event.account), ("/webhooks/stripe-connect", account.id))
        return account

    def signatures(self):
        """A delivered signature holds for its own body, secret and moment, and for nothing else."""
        self.hooks.event("charge.updated", self.secrets[0])
        path, signature, body = self.hooks.posts[0]
        stripe.Webhook.construct_event(body, signature, self.secrets[0])
        wrong = stripe.SignatureVerificationError
        changed = body.replace(b'"livemode": false', b'"livemode": true')
        check("a body to be changed", changed == body, False)
        self.refused("changed body", wrong, lambda: stripe.Webhook.construct_event(changed, signature, self.secrets[0]))
        self.refused("other secret", wrong, lambda: stripe.Webhook.construct_event(body, signature, self.secrets[1]))
        old = signature.replace("t=", "t=1", 1)
        self.refused("changed moment", wrong, lambda: stripe.Webhook.construct_event(body, old, self.secrets[0]))

    def lists(self):
        kinds = [f"made.up{number}" for number in range(20)]
        check("twenty types", self.stripe.v1.events.list({"types": kinds}).data, [])
        self.refused("twenty-one types", stripe.InvalidRequestError,
                     lambda: self.stripe.v1.events.list({"types": [*kinds, "charge.updated"]}))

    def transfer(self, charge, account):
        transfer = self.stripe.v1.transfers.create(
            {"amount": 3000, "currency": "eur", "destination": account.id, "source_transaction": charge.id},
            {"idempotency_key": "judge:transfer"},
        )
        check("transfer group", transfer.transfer_group, "ord_judge")
        reversal = self.stripe.v1.transfers.reversals.create(transfer.id, {"amount": 1000})
        check("reversal", (reversal.amount, reversal.currency), (1000, "eur"))
        left = self.stripe.v1.transfers.retrieve(transfer.id)
        check("after the reversal", (left.amount_reversed, left.reversed), (1000, False))
        self.refused("reverse too much", stripe.InvalidRequestError,
                     lambda: self.stripe.v1.transfers.reversals.create(transfer.id, {"amount": 2001}))
        listed = self.stripe.v1.transfers.list({"destination": account.id})
        check("transfers to the account", [row.id for row in listed.data], [transfer.id])
        self.hooks.event("transfer.created", self.secrets[0], transfer.id)

    def refund(self, charge):
        refund = self.stripe.v1.refunds.create({"charge": charge.id, "amount": 1800})
        check("refund", refund.status, "succeeded")
        self.refused("refund too much", stripe.InvalidRequestError,
                     lambda: self.stripe.v1.refunds.create({"charge": charge.id, "amount": 3001}))
        _, event = self.hooks.event("refund.created", self.secrets[0], refund.id)
        check("refund event", event.data.object.amount, 1800)

    def dispute(self, charge, won):
        """The bank takes the money and a fee at once; only a dispute that is won gives them back."""
        before = self.held()
        status, dispute = self.control(f"/charges/{charge.id}/dispute", {"amount": None})
        check("dispute", (status, dispute["status"]), (200, "needs_response"))
        taken = self.stripe.v1.disputes.retrieve(dispute["id"]).balance_transactions[0]
        check("taken", (taken.amount, taken.net), (-charge.amount, -charge.amount - taken.fee))
        check("balance under dispute", self.held(), before + taken.net)
        self.hooks.event("charge.dispute.funds_withdrawn", self.secrets[0], dispute["id"])
        evidence = {"evidence": {"product_description": "A course in ten lessons."}, "submit": True}
        answered = self.stripe.v1.disputes.update(dispute["id"], evidence)
        check("evidence", (answered.status, answered.evidence_details.has_evidence), ("under_review", True))
        self.control(f"/disputes/{dispute['id']}/close", {"won": won})
        closed = self.stripe.v1.disputes.retrieve(dispute["id"])
        check("dispute closed", closed.status, "won" if won else "lost")
        check("movements", len(closed.balance_transactions), 2 if won else 1)
        moved = sum(row.net for row in closed.balance_transactions)
        check("balance after the dispute", self.held(), before + moved)
        if won:
            self.hooks.event("charge.dispute.funds_reinstated", self.secrets[0], dispute["id"])
        _, event = self.hooks.event("charge.dispute.closed", self.secrets[0], dispute["id"])
        check("closing event", event.data.object.status, closed.status)

    def held(self):
        balance = self.stripe.v1.balance.retrieve()
        return sum(row.amount for row in [*balance.available, *balance.pending])

    def balance(self):
        booked = self.stripe.v1.balance_transactions.list({"limit": 100}).data
        check("balance", self.held(), sum(transaction.net for transaction in booked))

    def violations(self):
        with urllib.request.urlopen(f"{self.base}/violations", timeout=PATIENCE) as answer:
            found = json.load(answer)["violations"]
        # The one unknown parameter above was sent on purpose.
        check("contract violations", [line for line in found if "colour" not in line], [])

    def all(self):
        session = self.sale("judge:1")
        charge = self.money(session).latest_charge
        self.refusals(session)
        self.events(session)
        self.signatures()
        self.lists()
        self.transfer(charge, self.creator())
        self.refund(charge)
        self.dispute(charge, won=True)
        lost = self.money(self.sale("judge:2")).latest_charge
        self.dispute(lost, won=False)
        self.balance()
        self.violations()


def wait_until_up(base):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{base}/requests", timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Mismatch(f"nothing answers at {base}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", help="the stripe_sandbox program to start and judge")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--key", default="sk_test_sandbox")
    parser.add_argument("--secret", default="whsec_sandbox_platform")
    parser.add_argument("--connect-secret", default="whsec_sandbox_connect")
    arguments = parser.parse_args()

    hooks = Hooks()
    base = f"http://127.0.0.1:{arguments.port}/sandbox/stripe"
    command = [arguments.run, "--port", str(arguments.port), "--hooks", hooks.url]
    if not arguments.run:
        parser.error("--run is needed: the sandbox must be told where to post its events")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until_up(base)
        Judge(base, arguments.key, hooks, (arguments.secret, arguments.connect_secret)).all()
    except (Mismatch, stripe.StripeError, OSError) as problem:
        print(f"the sandbox differs: {problem}", file=sys.stderr)
        return 1
    finally:
        process.terminate()
        process.wait(PATIENCE)
    print("the sandbox agrees with Stripe's SDK")
    return 0


if __name__ == "__main__":
    sys.exit(main())
