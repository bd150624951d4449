"""What an operator does with a bucket before Atelier uses it, in the words of Amazon's own SDK.

    python bucket.py URL make BUCKET                   makes it
    python bucket.py URL cors BUCKET RULE              gives it the rule that `atelier doctor` prints (JSON)
    python bucket.py URL list BUCKET                   one key a line
"""

import json
import sys

import boto3
from botocore.config import Config


def main(url, verb, bucket, *more):
    options = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 1}, s3={"addressing_style": "path"})
    s3 = boto3.client("s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test",
                      aws_secret_access_key="test", config=options)
    if verb == "make":
        s3.create_bucket(Bucket=bucket)
    elif verb == "cors":
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": json.loads(more[0])})
    else:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for found in page.get("Contents", []):
                print(found["Key"])


main(*sys.argv[1:])
