#!/usr/bin/env python3
"""What strangers who mean harm cost others: hostile documents and slow clients, with a canary beside them.

    python3 benches/load/hostile.py target/release/atelier [SECONDS]

Attackers come from 127.0.0.2 and 127.0.0.3, the canary (a creator's page, worked out each time) from 127.0.0.1, sixteen times a
second. Says how soon each kind of document is refused, how long each kind of slow client is borne, how long the canary waits
meanwhile, and what memory and descriptors grew by. Ends with 1 if something hostile was answered, or somebody slow was never
ended. Not here: floods of whole connections, which a proxy must bear.
"""

import asyncio
import json
import os
import pathlib
import socket
import statistics
import sys
import tempfile
import time

from places import Atelier, memory

PAGE = '{ creator(by: { handle: "mira" }) { id displayName bio { html } courses(first: 20) { nodes { id title } } } }'
# An answer so long that a few fill the room for answers.
LONG = "{ __schema { types { name description kind } } }"
HEAD = "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
PAUSE = 1 / 16
# Kinds of slow clients, sockets of each, and the longest a server may bear them (docs: ConnectionLimits), in seconds.
SLOW = {"silent": (60, 20), "head by the byte": (60, 20), "body by the byte": (60, 60), "never reads": (20, 180), "idle": (60, 90)}


def documents():
    """Name and body; every one must be refused."""
    def body(document, **more):
        return json.dumps({"query": document, **more}).encode()
    doubled = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(31))
    deep = "courses(first: 100) { nodes { creator { " * 12 + "id" + " } } }" * 12
    yield "31 doubled fragments", body(f"{{ ...F0 }} {doubled} fragment F31 on Query {{ niches {{ id }} }}")
    yield "fragments in a circle", body("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")
    yield "15,000 braces", body("{" * 15_000 + "}" * 15_000)
    yield "10,000 levels", body("{a" * 10_000 + "}" * 10_000)
    yield "100,000 aliases", body("{" + "".join(f"a{n}: niches {{ id }} " for n in range(100_000)) + "}")
    yield "31 aliases", body("{" + "".join(f"a{n}: niches {{ id }} " for n in range(31)) + "}")
    yield "lists in lists", body("{ nodes(ids: " + "[" * 14_000 + "]" * 14_000 + ") { id } }")
    yield "a hundred pages of a hundred", body(f'{{ creator(by: {{ handle: "mira" }}) {{ {deep} }} }}')
    yield "offerings of offerings", body("{ offerings(first: 100) { nodes { creator { courses(first: 100) { nodes { id } } } } } }")
    yield "ids by the thousand", body("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", variables={"ids": ["crs_1"] * 5_000})
    yield "variables of a megabyte", body("query($t: String!) { search(text: $t) { nodes { __typename } } }", variables={"t": "x" * 1_000_000})
    yield "variables 20,000 deep", b'{"query":"{ niches { id } }","variables":{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}}"
    yield "guesses by alias", body("mutation { " + "".join(f'a{n}: authEmailVerify(input: {{ code: "{n}" }}) {{ __typename }} ' for n in range(20)) + "}")
    yield "a batch of a hundred", json.dumps([{"query": "{ niches { id } }"}] * 100).encode()
    yield "not JSON", b"{" * 10_000
    yield "a schema in a schema", body("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }")
    yield "2,001 tokens", body("{ niches { " + "id " * 2_001 + "} }")
    yield "an unknown field, 900 times", body("{ niches { " + "nothing " * 900 + "} }")
    yield "ten megabytes", body("{ niches { id } } # " + "x" * 10_000_000)


async def connect(port, source="127.0.0.1"):
    return await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0)), 10)


async def post(port, body, source):
    """Status and answer to one request on a connection of its own; (0, "") when it was ended without a word."""
    reader, writer = await connect(port, source)
    try:
        writer.write(f"{HEAD}connection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode())
        try:
            writer.write(body)
            await asyncio.wait_for(writer.drain(), 20)
        except OSError:
            pass
        answer = await asyncio.wait_for(reader.read(-1), 20)
    except OSError:
        return 0, b""
    finally:
        writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head else 0), rest


def is_refused(status, answer):
    if status == 0 or status >= 400:
        return True
    return b'"errors":[' in answer[:20] and b'"data":{' not in answer


async def attack(port, source, stop, times, wrong):
    kinds = list(documents())
    while not stop.is_set():
        for name, body in kinds:
            began = time.monotonic()
            status, answer = await post(port, body, source)
            times.setdefault(name, []).append(time.monotonic() - began)
            if not is_refused(status, answer):
                wrong.append(f"{name}: {status} {answer[:200]!r}")
            if stop.is_set():
                return


async def canary(port, stop, waits):
    body = json.dumps({"query": PAGE}).encode()
    while not stop.is_set():
        began = time.monotonic()
        status, _ = await post(port, body, "127.0.0.1")
        waits.append((time.monotonic() - began, status))
        await asyncio.sleep(PAUSE)


async def bears_who_never_reads(port, source, longest):
    """The same for a client that asks and asks and takes no answer: the room for answers is small, and fills."""
    loop, began = asyncio.get_running_loop(), time.monotonic()
    body = json.dumps({"query": LONG}).encode()
    many = (f"{HEAD}content-length: {len(body)}\r\n\r\n".encode() + body) * 50
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind((source, 0))
        deaf.setblocking(False)
        await loop.sock_connect(deaf, ("127.0.0.1", port))
        try:
            async with asyncio.timeout(longest):
                while True:
                    await loop.sock_sendall(deaf, many)
        except TimeoutError:
            return None
        except OSError:
            return time.monotonic() - began


async def bears(port, kind, source, longest):
    """Seconds until the server ends a slow client; none if it bears it for longer than it should."""
    if kind == "never reads":
        return await bears_who_never_reads(port, source, longest)
    reader, writer = await connect(port, source)
    began, body = time.monotonic(), json.dumps({"query": PAGE}).encode()
    whole = f"{HEAD}content-length: {len(body)}\r\n\r\n".encode() + body
    try:
        if kind == "idle":
            writer.write(whole)
        if kind == "body by the byte":
            writer.write(f"{HEAD}content-length: 100000\r\n\r\n".encode())
        while time.monotonic() - began < longest:
            if kind in ("head by the byte", "body by the byte"):
                writer.write(b"x")
            try:
                if await asyncio.wait_for(reader.read(65_536), 0.5) == b"":
                    return time.monotonic() - began
            except TimeoutError:
                pass
    except OSError:
        return time.monotonic() - began
    finally:
        writer.transport.abort()


def at(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1000


def descriptors(process):
    return len(os.listdir(f"/proc/{process}/fd"))


async def beside(port, work):
    """What the canary waited while something went on, in milliseconds, and whether it was always answered."""
    stop, waits = asyncio.Event(), []
    singing = asyncio.create_task(canary(port, stop, waits))
    result = await work
    stop.set()
    await singing
    times = [wait for wait, _ in waits]
    lost = sum(status != 200 for _, status in waits)
    return result, f"canary p50 {at(times, 0.5):.0f} ms, p99 {at(times, 0.99):.0f} ms, {lost} of {len(waits)} lost"


async def hostile_documents(server, seconds):
    stop, times, wrong = asyncio.Event(), {}, []

    async def for_a_while():
        attackers = [asyncio.create_task(attack(server.port, source, stop, times, wrong))
                     for source in ("127.0.0.2", "127.0.0.3") for _ in range(2)]
        await asyncio.sleep(seconds)
        stop.set()
        await asyncio.gather(*attackers)

    _, said = await beside(server.port, for_a_while())
    print("\n| document | p50 | slowest | times |\n|---|--:|--:|--:|")
    for name, taken in times.items():
        print(f"| {name} | {statistics.median(taken) * 1000:.1f} ms | {max(taken) * 1000:.0f} ms | {len(taken)} |")
    print(f"\nDuring them: {said}.")
    return wrong


async def slow_clients(server):
    print(f"\nAn answer that is never read has {len(json.dumps(server.asks(LONG)))} bytes.")
    async def all_of_them():
        kinds = [(kind, longest) for kind, (sockets, longest) in SLOW.items() for _ in range(sockets)]
        ended = await asyncio.gather(*(bears(server.port, kind, f"127.0.0.{2 + number % 2}", longest)
                                       for number, (kind, longest) in enumerate(kinds)))
        return [(kind, after) for (kind, _), after in zip(kinds, ended)]

    ended, said = await beside(server.port, all_of_them())
    print("\n| slow client | ended after | of |\n|---|--:|--:|")
    wrong = []
    for kind, (sockets, longest) in SLOW.items():
        after = [seconds for name, seconds in ended if name == kind and seconds is not None]
        print(f"| {kind} | {max(after, default=0):.0f} s at most | {len(after)} of {sockets} |")
        if len(after) < sockets:
            wrong.append(f"{sockets - len(after)} clients ({kind}) were borne for more than {longest} s")
    print(f"\nDuring them: {said}.")
    return wrong


async def main():
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with tempfile.TemporaryDirectory() as folder:
        # Refusals cost nothing, so budgets would hide what documents cost; places at once stay.
        server = Atelier(sys.argv[1], pathlib.Path(folder), ANSWER_CACHE_MIB="0").waits()
        try:
            _, alone = await beside(server.port, asyncio.sleep(5))
            before, files = memory(server.id), descriptors(server.id)
            print(f"Alone: {alone}; {before:.0f} MiB.")
            wrong = await hostile_documents(server, seconds)
            wrong += await slow_clients(server)
            await asyncio.sleep(5)
            after = memory(server.id)
            print(f"\nAfterwards: {after:.0f} MiB ({after - before:+.0f}), descriptors {files} before, {descriptors(server.id)} after.")
        finally:
            server.stop()
    for line in wrong[:10]:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


asyncio.run(main())
