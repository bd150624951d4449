"""Runs the binary against an S3 server that nobody of us wrote (LocalStack), and tells a story of files there.

    python3 run.py target/debug/atelier

One line for each check; exit code 1 if one failed. Needs Python 3.13 for LocalStack (it fails on 3.11 and 3.12); without
it this is skipped, loudly. Packages lie in the user's cache folder. Nothing that was started is left running.
"""

import glob
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
WANTED = HERE / "requirements.txt"
VENV = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "atelier" / "s3"
LIMIT = 240  # seconds for everything but the installation
BUCKET = "media"
started = []


class Failed(Exception):
    """A check that did not hold; what follows builds on it."""


def check(holds, what, otherwise=""):
    print(f"ok    {what}" if holds else f"FAIL  {what}: {otherwise}", flush=True)
    if not holds:
        raise Failed


def skipped(why):
    print(f"SKIPPED against an independent S3: {why}", flush=True)
    sys.exit(0)


def python_3_13():
    """A Python 3.13 that runs; a shim of pyenv may be there without one behind it."""
    for python in [*glob.glob(os.path.expanduser("~/.pyenv/versions/3.13*/bin/python3.13")), shutil.which("python3.13")]:
        if python and subprocess.run([python, "-V"], capture_output=True, timeout=20).returncode == 0:
            return python
    return None


def installed():
    """Python with LocalStack, or the reason why there is none."""
    python, own = python_3_13(), VENV / "bin" / "python"
    known = VENV / "requirements.txt"
    if known.exists() and known.read_text() == WANTED.read_text():
        return own
    if python is None:
        skipped("no Python 3.13 found. Install one (pyenv install 3.13) to run this.")
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([python, "-m", "venv", VENV], check=True, timeout=120)
    pip = [own, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "-r", WANTED]
    done = subprocess.run(pip, capture_output=True, text=True, timeout=400)
    if done.returncode != 0:
        skipped(f"LocalStack cannot be installed here: {done.stderr.strip()[-400:]}")
    shutil.copy(WANTED, known)
    return own


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, environment, log):
    """In a group of its own, so that nothing of it survives."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=log.parent, stdout=output, stderr=output, start_new_session=True)
    started.append(process)
    return process


def end_everything():
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait(timeout=10)


def answers(url, process, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.1)
    return None


def tail(log):
    return " | ".join(log.read_text(errors="replace").splitlines()[-6:])


def local_stack(python, folder):
    """An S3 server that verifies signatures: its address."""
    port, log = free_port(), folder / "localstack.log"
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "FILESYSTEM_ROOT": str(folder / "root"),
        "SERVICES": "s3", "S3_SKIP_SIGNATURE_VALIDATION": "0", "GATEWAY_LISTEN": f"127.0.0.1:{port}", "USE_SSL": "0",
        "SKIP_INFRA_DOWNLOADS": "1", "SKIP_SSL_CERT_DOWNLOAD": "1", "DISABLE_EVENTS": "1", "DNS_ADDRESS": "0",
    }
    process = start([python, "-m", "localstack.runtime.main"], environment, log)
    health = answers(f"http://127.0.0.1:{port}/_localstack/health", process, 60)
    check(health and json.loads(health)["services"]["s3"] in ("available", "running"), "an independent S3 server answers", tail(log))
    return f"http://127.0.0.1:{port}"


class Operator:
    """Somebody with a bucket and the binary."""

    def __init__(self, binary, python, s3, folder):
        self.binary, self.python, self.s3, self.folder = binary, python, s3, folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"], "PORT": str(self.port), "ATELIER_DATA_DIR": str(folder / "data"), "MEDIA_PROCESSING": "off", "S3_ENDPOINT": s3,
            "S3_BUCKET": BUCKET, "S3_ACCESS_KEY_ID": "test", "S3_SECRET_ACCESS_KEY": "test",
        }

    def bucket(self, verb, *more):
        command = [self.python, HERE / "bucket.py", self.s3, verb, BUCKET, *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=40)
        check(done.returncode == 0, f"Amazon's own SDK agrees: {verb} the bucket", done.stderr.strip()[-400:])
        return done.stdout.split()

    def serves(self, what="the server is ready with its files there"):
        log = self.folder / "atelier.log"
        self.server = start([self.binary, "serve"], self.environment, log)
        check(answers(f"{self.url}/readyz", self.server, 60) is not None, what, tail(log))

    def puts_before(self, kind):
        """A network before the bucket, and the server started anew with it: the network's address."""
        port, log = free_port(), self.folder / "network.log"
        command = [self.python, HERE / "network.py", self.s3, BUCKET, str(port), kind, "a shared secret"]
        address = f"http://localhost:{port}"
        check(answers(address, start(command, dict(os.environ), log), 30) is not None, f"a network like {kind} answers", tail(log))
        self.environment |= {"CDN_URL": address, "CDN_TOKEN": kind, "CDN_KEY": "a shared secret"}
        self.server.terminate()
        self.server.wait(timeout=15)
        self.serves(f"it starts with {kind} before the bucket")
        return address

    def doctor(self, **other):
        """Its exit code and what it says."""
        done = subprocess.run([self.binary, "doctor"], env={**self.environment, **other}, cwd=self.folder,
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def is_content(self, when):
        code, said = self.doctor()
        check(code == 0, f"the doctor is content {when}", said)
        return said


def tell(operator):
    operator.bucket("make")
    operator.serves()
    code, said = operator.doctor()
    rule = re.search(r"^media store: browsers: WRONG: .*?(\[\{.*\}\])$", said, re.MULTILINE)
    check(code == 1 and rule and said.count("WRONG") == 1, "without CORS the doctor names the rule, and nothing else", said)
    operator.bucket("cors", rule.group(1))
    operator.is_content("once the rule it named was pasted")
    code, said = operator.doctor(S3_SECRET_ACCESS_KEY="wrong")
    # This server verifies links, but not requests that are signed in the header.
    check(code == 1 and "upload links: WRONG" in said, "the doctor notices a wrong secret", said)
    story = subprocess.run(["node", HERE / "story.mjs", operator.url, operator.folder], timeout=120)
    check(story.returncode == 0, "the story of files ends well")
    told = json.loads((operator.folder / "story.json").read_text())
    keys = operator.bucket("list")
    check(any(told["kept"] in key for key in keys), "the film lies there", keys)
    check(not any(told["deleted"] in key for key in keys), "no byte of what was deleted is left", keys)
    check(not any("doctor" in key for key in keys), "the doctor left nothing", keys)
    operator.is_content("after the story")
    for kind in ("bunny", "cloudflare"):
        through(operator, kind)


def through(operator, kind):
    """Films and pictures through a content delivery network."""
    address = operator.puts_before(kind)
    operator.is_content(f"with {kind} before the bucket")
    code, said = operator.doctor(CDN_KEY="another")
    check(code == 1 and "reading an object by a signed link" in said, f"the doctor notices a wrong key of {kind}", said)
    story = subprocess.run(["node", HERE / "network.mjs", operator.url, operator.folder, address], timeout=80)
    check(story.returncode == 0, f"the story of {kind} ends well")


def main():
    binary = os.path.abspath(sys.argv[1])
    python = installed()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("FAIL  the independent S3 was told to stop"))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"FAIL  the independent S3 did not end within {LIMIT} s"))
    signal.alarm(LIMIT)
    with tempfile.TemporaryDirectory(prefix="atelier-s3-", ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        try:
            tell(Operator(binary, python, local_stack(python, folder), folder))
        except Failed:
            return 1
        finally:
            end_everything()
    return 0


if __name__ == "__main__":
    sys.exit(main())
