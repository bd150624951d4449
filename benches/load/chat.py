"""What a live room costs the server: memory for each subscriber, and how soon a message has reached all of them.

    python3 benches/load/chat.py target/release/atelier [subscribers] [messages]

Starts the binary in a folder of its own, opens one socket for each subscriber (2,000, from twenty addresses of this machine,
since one address may open a hundred), lets all of them follow one room, then says a message a second (20). Latency counts
from before the message is sent to when its frame is there, in this one process of Python, which is itself busy reading: it is an upper
bound. Needs python 3. Nothing that was started is left running. Results: docs/performance.md.
"""

import asyncio
import base64
import datetime
import json
import os
import pathlib
import sys
import tempfile
import time
import uuid

from media import Mira, REFUSED, Server

PER_ADDRESS = 100
# Before memory is first looked at, so that what the first of them costs is not counted.
FEW = 20
LINE = """fragment Line on ChatMessage { id sequence clientMessageId isHost body sentAt author { id displayName }
  replyTo { id } reactions { emoji count viewerReacted } }"""
FOLLOW = f"""subscription($room: ID!) {{ chatRoomEvents(roomId: $room) {{ __typename
  ... on ChatMessageAdded {{ sequence message {{ ...Line }} }} ... on ChatMessageRemoved {{ sequence messageId }}
  ... on ChatReactionsChanged {{ sequence messageId reactions {{ emoji count }} }}
  ... on ChatGap {{ sequence refetchAfter }} }} }} {LINE}"""
SEND = f"""mutation($room: ID!, $input: ChatMessageInput!) {{ chatMessageSend(roomId: $room, input: $input) {{
  message {{ id sequence }} {REFUSED} }} }}"""


def room_of(mira):
    """The room of a date tomorrow."""
    workshop = mira.does(f"""mutation($creator: ID!, $input: WorkshopInput!) {{ workshopCreate(creatorId: $creator, input: $input) {{
      workshop {{ id }} {REFUSED} }} }}""", creator=mira.studio, input={"title": "Ink", "descriptionMarkdown": "Bring an apron."})
    start = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")
    made = mira.does(f"""mutation($id: ID!, $input: SessionInput!) {{ workshopSessionCreate(workshopId: $id, input: $input) {{
      session {{ id chatRoom {{ id }} }} {REFUSED} }} }}""", id=workshop["workshop"]["id"],
                     input={"localStart": start, "timeZone": "UTC", "durationMinutes": 90})
    return made["session"]["chatRoom"]["id"]


def frame(text):
    """A masked text frame, as clients send them (RFC 6455, 5.2); the mask is of zeros."""
    body = text.encode()
    length = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0x80 | 126]) + len(body).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + body


class Subscriber(asyncio.Protocol):
    """One socket with one subscription: notes when something came, and reads no more of it than it must."""

    def __init__(self, token, room):
        self.token, self.room = token, room
        self.ready, self.is_upgraded, self.came, self.heard, self.said = asyncio.get_running_loop().create_future(), False, None, 0, []

    def connection_made(self, transport):
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write((f"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                         f"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n").encode())

    def say(self, message):
        self.transport.write(frame(json.dumps(message)))

    def data_received(self, data):
        if not self.is_upgraded:
            assert data.startswith(b"HTTP/1.1 101"), data
            self.is_upgraded = True
            self.say({"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}})
        elif b"connection_ack" in data:
            payload = {"query": FOLLOW, "variables": {"room": self.room}}
            self.say({"type": "subscribe", "id": "1", "payload": payload})
            # Answered after the subscription was taken up.
            self.say({"type": "ping", "payload": {}})
        elif b'"pong"' in data:
            self.ready.set_result(None)
        elif b'"next"' in data:
            self.came, self.heard = time.perf_counter(), self.heard + data.count(b'"next"')
        elif data[0] != 0x89:
            self.said.append(data)
        if data[0] == 0x89 or data.endswith(b"\x89\x00"):
            self.transport.write(b"\x8a\x80" + bytes(4))

    def connection_lost(self, error):
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("closed"))
        self.said.append(f"lost: {error}")


async def subscribe(server, token, room, numbers):
    loop, everybody = asyncio.get_running_loop(), []
    for number in numbers:
        address = (f"127.0.0.{2 + number // PER_ADDRESS}", 0)
        _, subscriber = await loop.create_connection(lambda: Subscriber(token, room), "127.0.0.1", server.port, local_addr=address)
        everybody.append(subscriber)
        await subscriber.ready
    return everybody


def at(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


async def measure(server, mira, count, messages):
    room = room_of(mira)
    say = lambda: mira.does(SEND, room=room, input={"clientMessageId": str(uuid.uuid4()), "body": "Which ink do we need?"})
    say()
    few = await subscribe(server, mira.token, room, range(FEW))
    await asyncio.sleep(2)
    say()
    before = server.memory("VmRSS")
    everybody = few + await subscribe(server, mira.token, room, range(FEW, count))
    await asyncio.sleep(10)
    after = server.memory("VmRSS")
    took, alone, last = [], [], []
    cost = server.processor_seconds()
    for _ in range(messages):
        for one in everybody:
            one.came = None
        begun = time.perf_counter()
        await asyncio.to_thread(say)
        alone.append(time.perf_counter() - begun)
        while any(one.came is None for one in everybody):
            await asyncio.sleep(0.002)
            assert time.perf_counter() - begun < 60, [(number, one.heard, one.said) for number, one in enumerate(everybody) if one.came is None]
        took += [one.came - begun for one in everybody]
        last.append(max(one.came for one in everybody) - begun)
        await asyncio.sleep(max(0, 1 - (time.perf_counter() - begun)))
    cost = server.processor_seconds() - cost
    end = server.memory("VmRSS")
    assert all(one.heard == messages for one in everybody[FEW:]), "somebody heard one twice, or not at all"
    yield f"a subscriber on a socket of its own (of {count})", f"{(after - before) * 1024 / (count - FEW):.1f} KiB", f"{before:.0f} MiB before, {after:.0f} MiB after"
    yield f"the same, after {messages} messages to all", f"{(end - before) * 1024 / (count - FEW):.1f} KiB", f"{end:.0f} MiB"
    yield f"one message has reached a subscriber, p50", f"{at(took, 0.5):.0f} ms", f"{messages} messages, {len(took)} deliveries"
    yield "the same, p99", f"{at(took, 0.99):.0f} ms", f"the last of {count}: {at(last, 0.5):.0f} ms, p50"
    yield "the mutation's own answer, p50", f"{at(alone, 0.5):.0f} ms", "while everybody is being told"
    yield "processor time for a delivery", f"{cost / len(took) * 1e6:.0f} us", f"{cost / messages * 1000:.0f} ms for a message to all"


async def report(server, mira, count, messages):
    print("| what | cost | compared |\n|---|--:|---|")
    async for row in measure(server, mira, count, messages):
        print("| " + " | ".join(row) + " |")


def main(program, count=2000, messages=20):
    with tempfile.TemporaryDirectory(prefix="atelier-chat-") as place:
        server = Server(program, pathlib.Path(place))
        try:
            asyncio.run(report(server, Mira(server), int(count), int(messages)))
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(__doc__ if not 2 <= len(sys.argv) <= 4 else main(*sys.argv[1:]))
