"""What media costs the server: signing addresses, playlists, bytes through the embedded S3 server, uploads at once.

    python3 benches/load/media.py target/release/atelier

Starts the binary in a folder of its own, asks it as any client does, and prints one table. Figures are ratios within one
run, and processor time of the server's process, since wall time on a shared machine says little. Needs python 3, curl
and, for playlists, ffmpeg. Nothing that was started is left running. Results: docs/performance.md.
"""

import concurrent.futures
import functools
import http.client
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

MIB = 1024 * 1024
PASSWORD = "correct horse battery staple 9"
REFUSED = "userErrors { code path message }"
UPLOAD = f"""mutation($input: AssetUploadInput!) {{ assetUploadCreate(input: $input) {{
  upload {{ id asset {{ id }} partSize partCount targets {{ partNumber url headers {{ name value }} }} }} {REFUSED} }} }}"""
SIGN = f"""mutation($id: ID!, $parts: [Int!]!) {{ assetUploadPartsSign(uploadId: $id, partNumbers: $parts) {{
  targets {{ url }} {REFUSED} }} }}"""
COMPLETE = f"mutation($id: ID!) {{ assetUploadComplete(uploadId: $id) {{ asset {{ id state }} {REFUSED} }} }}"
ABORT = f"mutation($id: ID!) {{ assetUploadAbort(uploadId: $id) {{ abortedId {REFUSED} }} }}"
PLAY = f"""mutation($id: ID!) {{ playbackGrantCreate(input: {{ assetId: $id }}) {{
  grant {{ manifestUrl protocol }} {REFUSED} }} }}"""
STATE = "query($id: ID!) { asset(id: $id) { state failureReason } }"


class Server:
    """The binary, in a folder of its own."""

    def __init__(self, program, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        environment = {"PATH": os.environ["PATH"], "PORT": str(self.port), "ATELIER_DATA_DIR": str(folder / "data")}
        self.log = open(folder / "log", "wb")
        command = [os.path.abspath(program), "serve"]
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        until(60, self.is_ready)

    def is_ready(self):
        assert self.process.poll() is None, "the server did not start"
        try:
            return urllib.request.urlopen(f"{self.url}/readyz", timeout=2).status == 200
        except OSError:
            return False

    def processor_seconds(self):
        """Of this process alone: not of ffmpeg, not of who asks."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, name):
        """VmRSS (now) or VmHWM (at most, since it was last forgotten), in MiB."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))

    def forgets_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def until(seconds, holds):
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)
    return found


class Mira:
    """A creator with a studio."""

    def __init__(self, server):
        self.server, self.token = server, None
        email = "measured@example.com"
        sign_up = {"email": email, "password": PASSWORD, "displayName": "Mira", "termsVersion": "2026-01", "isOfAge": True}
        self.does(f"mutation($input: SignUpInput!) {{ authSignUp(input: $input) {{ accepted {REFUSED} }} }}", input=sign_up)
        code = until(20, lambda: self.code(email))
        proof = {"code": {"email": email, "code": code}}
        session = self.does(f"""mutation($input: EmailVerifyInput!) {{ authEmailVerify(input: $input) {{
          session {{ accessToken }} {REFUSED} }} }}""", input=proof)
        self.token = session["session"]["accessToken"]
        creator = {"handle": "measured", "displayName": "Mira", "country": "DE", "timeZone": "Europe/Berlin",
                   "currency": "EUR", "nicheSlugs": ["baking"]}
        made = self.does(f"mutation($input: CreatorCreateInput!) {{ creatorCreate(input: $input) {{ creator {{ id }} {REFUSED} }} }}",
                         input=creator)
        self.studio = made["creator"]["id"]

    def code(self, email):
        letters = json.load(urllib.request.urlopen(f"{self.server.url}/sandbox/mail.json?to={email}"))
        return next((letter["code"] for letter in letters if letter.get("code")), None)

    def asks(self, document, **variables):
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        body = json.dumps({"query": document, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.server.url}/graphql", body, headers)
        answer = json.load(urllib.request.urlopen(request, timeout=60))
        assert "errors" not in answer, answer
        return answer["data"]

    def does(self, document, **variables):
        payload = next(iter(self.asks(document, **variables).values()))
        assert not payload["userErrors"], payload
        return payload

    def promises(self, purpose, content_type, length):
        return self.does(UPLOAD, input={"creatorId": self.studio, "purpose": purpose, "filename": "file",
                                        "contentType": content_type, "byteSize": length})["upload"]

    def uploads(self, purpose, content_type, content):
        """Sends a file as it is cut, one part after the other, and waits until it is READY."""
        upload = self.promises(purpose, content_type, len(content))
        size = upload["partSize"] or len(content)
        for target in upload["targets"]:
            begin = (target["partNumber"] - 1) * size
            headers = {header["name"]: header["value"] for header in target["headers"]}
            sends(target["url"], memoryview(content)[begin:begin + size], headers)
        self.does(COMPLETE, id=upload["id"])
        asset = upload["asset"]["id"]
        until(300, lambda: self.is_ready(asset))
        return asset

    def is_ready(self, asset):
        seen = self.asks(STATE, id=asset)["asset"]
        assert seen["state"] != "FAILED", seen
        return seen["state"] == "READY"


def sends(url, content, headers):
    place = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=120)
    connection.request("PUT", f"{place.path}?{place.query}", content, headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    connection.close()


def asked_again(server, url, times):
    """Server's processor milliseconds and wall milliseconds for one of so many requests on one connection."""
    place = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    before, begun = server.processor_seconds(), time.monotonic()
    for _ in range(times):
        connection.request("GET", place.path)
        answer = connection.getresponse()
        length = len(answer.read())
        assert answer.status == 200, answer.status
    wall = (time.monotonic() - begun) / times * 1000
    return (server.processor_seconds() - before) / times * 1000, wall, length


def signing(server, mira, nothing):
    upload = mira.promises("LESSON_MEDIA", "video/mp4", 2048 * MIB)
    costs = []
    for count, times in ((1, 100), (100, 100)):
        before = server.processor_seconds()
        for _ in range(times):
            mira.does(SIGN, id=upload["id"], parts=list(range(1, count + 1)))
        costs.append((server.processor_seconds() - before) / times * 1000)
    mira.does(ABORT, id=upload["id"])
    one = (costs[1] - costs[0]) / 99
    yield "signing one address more (of 100)", f"{one * 1000:.0f} us", f"{one / nothing:.2f} x a request for nothing"
    yield "a request that signs 100 addresses", f"{costs[1]:.2f} ms", f"{costs[1] / nothing:.1f} x a request for nothing"


def playlists(server, mira, nothing, folder):
    film = folder / "film.mp4"
    words = "-v error -f lavfi -i testsrc=size=320x180:rate=2 -t 3600 -c:v libx264 -preset ultrafast -g 12 -pix_fmt yuv420p"
    subprocess.run(["ffmpeg", *words.split(), str(film)], check=True)
    asset = mira.uploads("LESSON_MEDIA", "video/mp4", film.read_bytes())
    grant = mira.does(PLAY, id=asset)["grant"]
    if grant["protocol"] != "HLS":
        yield "a playlist", "-", "not measured: no ffmpeg"
        return
    index = urllib.request.urlopen(grant["manifestUrl"]).read().decode()
    name = next(line for line in index.splitlines() if not line.startswith("#"))
    address = urllib.parse.urljoin(grant["manifestUrl"], name)
    segments = urllib.request.urlopen(address).read().decode().count("#EXTINF")
    for what, url in (("the list of sizes", grant["manifestUrl"]), (f"a playlist of an hour ({segments} segments)", address)):
        cost, wall, length = asked_again(server, url, 300)
        yield (f"{what}, {length / 1024:.0f} KiB", f"{cost:.2f} ms",
               f"{cost / nothing:.1f} x a request for nothing; {wall:.2f} ms until it is there")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def fetched(url):
    """MiB a second, as curl sees them."""
    said = subprocess.run(["curl", "--silent", "--fail", "--output", "/dev/null", "--write-out", "%{speed_download}", url],
                          check=True, capture_output=True, text=True)
    return float(said.stdout) / MIB


def reading(server, mira, folder):
    """Both servers send the same bytes to the same client, in turn; the quickest of five counts."""
    content = zipped(256 * MIB)
    asset = mira.uploads("ATTACHMENT", "application/zip", content)
    (folder / "file").write_bytes(content)
    static = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=static.serve_forever, daemon=True).start()
    grant = mira.does(PLAY, id=asset)["grant"]
    ours, theirs, before = [], [], server.processor_seconds()
    for _ in range(5):
        ours.append(fetched(grant["manifestUrl"]))
        theirs.append(fetched(f"http://127.0.0.1:{static.server_port}/file"))
    static.shutdown()
    cost = (server.processor_seconds() - before) / (5 * 256)
    yield ("reading 256 MiB from the embedded S3 server", f"{max(ours):.0f} MiB/s",
           f"{max(ours) / max(theirs):.2f} x python's http.server ({max(theirs):.0f} MiB/s)")
    yield "the same, as processor time", f"{1 / cost:.0f} MiB/s", "a second of one processor"


def zipped(length):
    """So many bytes that begin as an archive does."""
    return (b"PK\x03\x04" + os.urandom(MIB) * (length // MIB + 1))[:length]


def writing(server, mira, count=20, length=50 * MIB):
    content = zipped(length)
    idle, before, begun = server.memory("VmRSS"), server.processor_seconds(), time.monotonic()
    server.forgets_peak()
    with concurrent.futures.ThreadPoolExecutor(count) as together:
        list(together.map(lambda _: mira.uploads("ATTACHMENT", "application/zip", content), range(count)))
    wall, cost = time.monotonic() - begun, server.processor_seconds() - before
    total, peak = count * len(content) / MIB, server.memory("VmHWM")
    yield f"{count} uploads of {length // MIB} MiB at once: memory", f"{peak:.0f} MiB", f"at most; {idle:.0f} before, {peak / idle:.2f} x"
    yield "the same until all are verified", f"{total / wall:.0f} MiB/s", f"{total / cost:.0f} MiB a second of one processor"


def main(program):
    with tempfile.TemporaryDirectory(prefix="atelier-media-") as place:
        folder = pathlib.Path(place)
        server = Server(program, folder)
        try:
            mira = Mira(server)
            nothing, wall, _ = asked_again(server, f"{server.url}/healthz", 3000)
            rows = [("a request for nothing (/healthz)", f"{nothing:.3f} ms", f"{wall:.2f} ms until it is there")]
            for part in (signing(server, mira, nothing), playlists(server, mira, nothing, folder),
                         reading(server, mira, folder), writing(server, mira)):
                rows.extend(part)
        finally:
            server.stop()
    print("| what | cost | compared |\n|---|--:|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    sys.exit(__doc__ if len(sys.argv) != 2 else main(sys.argv[1]))
