"""Whether the server stays as it is: half an hour of mixed questions, with people following a room who come and go.

    python3 benches/load/soak.py target/release/atelier [MINUTES]

Starts the binary in a folder of its own (SQLite) and asks it fifty questions a second: pages that are kept and pages that
are worked out, of strangers and of somebody signed in, and changes (a follower, a lesson's title, a line in the room). A hundred sockets follow
the room; each second two leave and two come. Every ten seconds it looks at memory, open files and threads. Held (design/quality.md,
row 20), after the first fifth of the time: memory grows by 8 MiB an hour at most, files and threads do not grow, one question in a thousand
fails at most, and p99 of the last third is at most twice that of the first. Exits with 1 where one of them does not hold. Results: docs/performance.md.
"""

import asyncio
import http.client
import itertools
import json
import os
import pathlib
import queue
import statistics
import sys
import tempfile
import threading
import time
import uuid

import documents
from chat import SEND, Subscriber, at, room_of
from media import PASSWORD, REFUSED, Mira, Server

QUESTIONS_A_SECOND = 50
ASKERS = 8
FOLLOWERS = 100
COME_AND_GO = 2
LOOKS_EVERY = 10
# A token is good for fifteen minutes, and a socket no longer than its token.
SIGNED_IN_FOR = 500

PAGE = """{ creator(by: { handle: "measured" }) { id displayName headline followerCount bio { html } links { label url }
  courses(first: 20) { nodes { id title slug prices { id amount { formatted } } } } } }"""
COURSE = """query($id: ID!) { course(by: { id: $id }) { title description { html } viewerAccess { state }
  sections { title lessons { id title viewerProgress { state } } } prices { amount { formatted } } } }"""
FOUND = '{ search(query: "ink %d", first: 10) { nodes { __typename ... on Course { id title } } } }'
LIBRARY = "{ viewer { id library(first: 20) { nodes { state offering { title } } } } }"
FOLLOW = f"mutation($id: ID!) {{ creatorFollow(creatorId: $id) {{ creator {{ followerCount }} {REFUSED} }} }}"
UNFOLLOW = f"mutation($id: ID!) {{ creatorUnfollow(creatorId: $id) {{ creator {{ followerCount }} {REFUSED} }} }}"
RENAME = f"mutation($id: ID!, $to: String) {{ lessonUpdate(id: $id, input: {{ title: $to }}) {{ lesson {{ title }} {REFUSED} }} }}"

WRITE = f"""mutation($id: ID!) {{ lessonContentSet(id: $id, content: {{ articleMarkdown: "Dip the *nib*." }}) {{
  lesson {{ id }} {REFUSED} }} }}"""
PRICE = f"""mutation($id: ID!) {{ priceCreate(offeringId: $id, price: {{ oneTime: {{ amount: {{ minorUnits: 900, currency: "EUR" }} }} }}) {{
  price {{ id }} {REFUSED} }} }}"""
PUBLISH = f"mutation($id: ID!) {{ offeringPublish(id: $id) {{ offering {{ __typename }} {REFUSED} }} }}"
OPEN = f"mutation($id: ID!) {{ storefrontPublish(creatorId: $id, published: true) {{ storefront {{ version }} {REFUSED} }} }}"


class Place:
    """A studio with a course of three sections by four lessons, and a room."""

    def __init__(self, server):
        self.mira = Mira(server)
        does = self.mira.does
        course = does(f"mutation($id: ID!, $input: CourseInput!) {{ courseCreate(creatorId: $id, input: $input) {{ course {{ id }} {REFUSED} }} }}",
                      id=self.mira.studio, input={"title": "Ink and paper", "descriptionMarkdown": "Bring **ink**."})
        self.course, self.lessons = course["course"]["id"], []
        for part in range(3):
            section = does(f"mutation($id: ID!, $input: SectionInput!) {{ sectionCreate(courseId: $id, input: $input) {{ section {{ id }} {REFUSED} }} }}",
                           id=self.course, input={"title": f"Part {part}"})["section"]["id"]
            for step in range(4):
                lesson = does(f"mutation($id: ID!, $input: LessonInput!) {{ lessonCreate(sectionId: $id, input: $input) {{ lesson {{ id }} {REFUSED} }} }}",
                              id=section, input={"title": f"Step {step}"})["lesson"]["id"]
                self.lessons.append(lesson)
                does(WRITE, id=lesson)
        does(PRICE, id=self.course)
        does(PUBLISH, id=self.course)
        does(OPEN, id=self.mira.studio)
        self.room = room_of(self.mira)
        self.since = time.monotonic()

    def token(self):
        if time.monotonic() - self.since > SIGNED_IN_FOR:
            answer = self.mira.asks(documents.SIGN_IN, email="measured@example.com", password=PASSWORD)
            self.mira.token, self.since = answer["authSignIn"]["session"]["accessToken"], time.monotonic()
        return self.mira.token

    def questions(self):
        """Without end: document, variables, and whether it is asked by somebody."""
        for number in itertools.count():
            yield PAGE, {}, False
            yield f"{PAGE} # {number % 300}", {}, False
            yield COURSE, {"id": self.course}, True
            yield FOUND % (number % 1000), {}, False
            yield LIBRARY, {}, True
            yield (FOLLOW if number % 2 else UNFOLLOW), {"id": self.mira.studio}, True
            yield PAGE, {}, True
            yield RENAME, {"id": self.lessons[number % 12], "to": f"Step {number}"}, True
            yield COURSE, {"id": self.course}, True
            if number % 20 == 0:
                yield SEND, {"room": self.room, "input": {"clientMessageId": str(uuid.uuid4()), "body": f"Line {number}"}}, True


class Asking:
    """Askers with a connection each, and what became of what they asked: when, how long it took, whether it was answered."""

    def __init__(self, server, place):
        self.server, self.place, self.due, self.done = server, place, queue.Queue(100), []
        self.threads = [threading.Thread(target=self.asks, daemon=True) for _ in range(ASKERS)]
        for thread in self.threads:
            thread.start()

    def asks(self):
        connection = None
        while (question := self.due.get()) is not None:
            document, variables, is_somebody = question
            headers = {"content-type": "application/json"}
            if is_somebody:
                headers["authorization"] = f"Bearer {self.place.mira.token}"
            begun = time.perf_counter()
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
                connection.request("POST", "/graphql", json.dumps({"query": document, "variables": variables}), headers)
                answer = connection.getresponse()
                said = json.loads(answer.read())
                refused = any(part and part.get("userErrors") for part in (said.get("data") or {}).values() if isinstance(part, dict))
                well = answer.status == 200 and "errors" not in said and not refused
                if not well:
                    print("refused:", document.split("(", 1)[0], json.dumps(said)[:300], file=sys.stderr)
            except (OSError, http.client.HTTPException, ValueError) as error:
                print("failed:", error, file=sys.stderr)
                connection, well = None, False
            self.done.append((time.perf_counter(), time.perf_counter() - begun, well))

    def stop(self):
        for _ in self.threads:
            self.due.put(None)
        for thread in self.threads:
            thread.join(30)


class Followers:
    """Sockets that follow the room; the oldest leave."""

    def __init__(self, server, place):
        self.server, self.place, self.here, self.lost = server, place, [], 0
        # One address may open a hundred.
        self.addresses = itertools.cycle([f"127.0.0.{last}" for last in range(2, 6)])

    async def come(self, count):
        loop, token = asyncio.get_running_loop(), self.place.token()
        for _ in range(count):
            address = (next(self.addresses), 0)
            _, one = await loop.create_connection(lambda: Subscriber(token, self.place.room), "127.0.0.1", self.server.port, local_addr=address)
            await asyncio.wait_for(one.ready, 30)
            self.here.append(one)

    def go(self, count):
        leaving, self.here = self.here[:count], self.here[count:]
        for one in leaving:
            self.lost += any("lost" in str(said) for said in one.said)
            one.transport.close()


def looked_at(server):
    process = pathlib.Path(f"/proc/{server.process.pid}")
    return server.memory("VmRSS"), len(os.listdir(process / "fd")), len(os.listdir(process / "task"))


def slope(points):
    """Of a line through points, by least squares."""
    middle_x, middle_y = (statistics.fmean(part) for part in zip(*points))
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / sum((x - middle_x) ** 2 for x, _ in points)


async def soaks(server, place, minutes):
    asking, followers, looks = Asking(server, place), Followers(server, place), []
    await followers.come(FOLLOWERS)
    questions, begun, asked = place.questions(), time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < minutes * 60:
        if passed >= len(looks) * LOOKS_EVERY:
            looks.append((passed, *looked_at(server)))
        if passed * QUESTIONS_A_SECOND >= asked:
            if asked % QUESTIONS_A_SECOND == 0:
                followers.go(COME_AND_GO)
                await followers.come(COME_AND_GO)
            await asyncio.to_thread(asking.due.put, next(questions))
            asked += 1
        else:
            await asyncio.sleep(0.005)
    await asyncio.to_thread(asking.stop)
    followers.go(FOLLOWERS)
    return begun, looks, asking.done, followers.lost


def judged(begun, looks, done, lost, minutes):
    """Each line of the table, and whether it holds."""
    settled = [look for look in looks if look[0] >= minutes * 60 / 5]
    first, last = settled[:len(settled) // 3], settled[-(len(settled) // 3):]
    grows = slope([(passed / 3600, memory) for passed, memory, _, _ in settled])
    yield "memory grows, MiB an hour", f"{grows:.1f}", f"{settled[0][1]:.0f} MiB after the first fifth, {settled[-1][1]:.0f} at the end", grows <= 8
    for name, place in (("open files", 2), ("threads", 3)):
        ends = [statistics.fmean(look[place] for look in part) for part in (first, last)]
        # Connections to the database and spare threads come and go.
        yield name, f"{ends[1]:.0f}", f"{ends[0]:.0f} in the first third", ends[1] <= ends[0] + 8
    failed = sum(not well for _, _, well in done)
    yield "questions that failed", f"{failed} of {len(done)}", f"{lost} sockets lost", failed <= len(done) / 1000 and lost == 0
    thirds = [[took for when, took, _ in done if number <= (when - begun) / (minutes * 20) < number + 1] for number in range(3)]
    p99 = [at(third, 0.99) for third in thirds]
    yield "p99 of the last third, ms", f"{p99[2]:.0f}", f"{p99[0]:.0f} in the first; p50 {at(thirds[2], 0.5):.1f} and {at(thirds[0], 0.5):.1f}", p99[2] <= 2 * p99[0]


def main(program, minutes=30):
    minutes = float(minutes)
    with tempfile.TemporaryDirectory(prefix="atelier-soak-") as folder:
        server = Server(program, pathlib.Path(folder))
        try:
            place = Place(server)
            rows = list(judged(*asyncio.run(soaks(server, place, minutes)), minutes))
        finally:
            server.stop()
    print("| what | is | beside | held |\n|---|--:|---|---|")
    for what, value, beside, holds in rows:
        print(f"| {what} | {value} | {beside} | {'yes' if holds else 'NO'} |")
    return 0 if all(row[3] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(__doc__ if len(sys.argv) < 2 else main(*sys.argv[1:]))
