"""A content delivery network before the bucket, as its makers describe it: it reads the bucket with a key of its own,
and gives nothing to who has no good token.

    python network.py S3_URL BUCKET PORT bunny|cloudflare KEY

Written after the makers' pages, not after our code:
https://docs.bunny.net/docs/cdn-token-authentication and
https://developers.cloudflare.com/waf/custom-rules/use-cases/require-valid-hmac-token/ (10,800 seconds).
"""

import base64
import hashlib
import hmac
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

S3_URL, BUCKET, PORT, SCHEME, KEY = sys.argv[1:]
OPTIONS = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 1}, s3={"addressing_style": "path"})
BUCKETS = boto3.client("s3", endpoint_url=S3_URL, region_name="us-east-1", aws_access_key_id="test",
                       aws_secret_access_key="test", config=OPTIONS)


def code(message):
    return hmac.new(KEY.encode(), message.encode(), hashlib.sha256).digest()


def is_good_for_bunny(path, query):
    expires, token = query.get("expires", ["0"])[0], query.get("token", [""])[0]
    wanted = "HS256-" + base64.urlsafe_b64encode(code(path + expires)).decode().rstrip("=")
    return int(expires) > time.time() and hmac.compare_digest(wanted, token)


def is_good_for_cloudflare(path, query):
    issued, _, given = query.get("verify", [""])[0].partition("-")
    wanted = base64.b64encode(code(path + issued)).decode()
    return issued.isdigit() and time.time() < int(issued) + 10_800 and hmac.compare_digest(wanted, given)


class Edge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in {"access-control-allow-origin": "*", "content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == "/":
            return self.answer(200, {}, b"a network")
        good = {"bunny": is_good_for_bunny, "cloudflare": is_good_for_cloudflare}[SCHEME](url.path, query)
        if not good:
            return self.answer(403, {}, b"no good token")
        wanted = {"Range": self.headers["range"]} if self.headers["range"] else {}
        try:
            found = BUCKETS.get_object(Bucket=BUCKET, Key=urllib.parse.unquote(url.path[1:]), **wanted)
        except ClientError as error:
            return self.answer(error.response["ResponseMetadata"]["HTTPStatusCode"], {}, b"not there")
        headers = {"content-type": found["ContentType"]}
        if "ContentRange" in found:
            headers["content-range"] = found["ContentRange"]
        return self.answer(found["ResponseMetadata"]["HTTPStatusCode"], headers, found["Body"].read())


ThreadingHTTPServer(("127.0.0.1", int(PORT)), Edge).serve_forever()
