"""Starts the binary with settings that cannot work: it must say which and why, at once, and show no secret.

    python3 settings.py target/debug/atelier

One line for each environment; exit code 1 if one was not refused as it should be.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

PATIENCE = 5  # seconds until a refusal is too late

KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHeisYouCannotSeeThisKeyAtAllButItIsHere==\n-----END PRIVATE KEY-----"
STRIPE = {
    "STRIPE_SECRET_KEY": "sk_live_neverShowThisToAnybody",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_anybodyMaySeeThis",
    "STRIPE_WEBHOOK_SECRET": "whsec_neverShowThisOneEither",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_norShowThisOneAtAll",
}
S3 = {"S3_BUCKET": "media", "S3_ACCESS_KEY_ID": "AKIASHOWN", "S3_SECRET_ACCESS_KEY": "s3-secret-never-shown"}
PRODUCTION = {
    "ATELIER_ENV": "production",
    "PUBLIC_URL": "https://atelier.example",
    "SMTP_URL": "smtps://mailer:mail-secret-never-shown@smtp.example",
    "MAIL_FROM": "Atelier <hello@atelier.example>",
    "JWT_PRIVATE_KEY": KEY,
    **STRIPE,
    **S3,
}
SECRETS = {"STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET", "S3_SECRET_ACCESS_KEY",
           "SMTP_URL", "JWT_PRIVATE_KEY", "DATABASE_URL"}

# What is wrong, the environment, the settings that must be named.
CASES = [
    ("production without anything", {"ATELIER_ENV": "production"},
     ["PUBLIC_URL", "STRIPE_SECRET_KEY", "S3_BUCKET", "SMTP_URL", "MAIL_FROM", "JWT_PRIVATE_KEY"]),
    ("http in production", {**PRODUCTION, "PUBLIC_URL": "http://atelier.example"}, ["PUBLIC_URL"]),
    ("a test key in production", {**PRODUCTION, "STRIPE_SECRET_KEY": "sk_test_neverShowThis"}, ["STRIPE_SECRET_KEY"]),
    ("mail in the clear in production", {**PRODUCTION, "SMTP_URL": "smtp://me:secret-word@mail.example"}, ["SMTP_URL"]),
    ("a store in the clear in production", {**PRODUCTION, "S3_ENDPOINT": "http://s3.example"}, ["S3_ENDPOINT"]),
    ("payments in the clear in production", {**PRODUCTION, "STRIPE_API_BASE": "http://pay.example"}, ["STRIPE_API_BASE"]),
    ("a stage that is none", {"ATELIER_ENV": "prod"}, ["ATELIER_ENV"]),
    ("a port of letters", {"PORT": "abc"}, ["PORT"]),
    ("a port too high", {"PORT": "70000"}, ["PORT"]),
    ("a host that is no address", {"HOST": "my-machine"}, ["HOST"]),
    ("half of the S3 settings", {"S3_BUCKET": "media"}, ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]),
    ("an S3 address alone", {"S3_ENDPOINT": "https://s3.example"}, list(S3)),
    ("checksums of no known kind", {**S3, "S3_CHECKSUMS": "never"}, ["S3_CHECKSUMS"]),
    ("half of the Stripe settings", {"STRIPE_SECRET_KEY": "sk_test_neverShowThis"},
     ["STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET"]),
    ("a publishable key of the other mode", {**STRIPE, "STRIPE_PUBLISHABLE_KEY": "pk_test_anybodyMaySeeThis"},
     ["STRIPE_PUBLISHABLE_KEY"]),
    ("a short webhook secret", {**STRIPE, "STRIPE_WEBHOOK_SECRET": "whsec_short"}, ["STRIPE_WEBHOOK_SECRET"]),
    ("Stripe's public key", {**STRIPE, "STRIPE_SECRET_KEY": "pk_live_neverShowThis"}, ["STRIPE_SECRET_KEY"]),
    ("a database of another kind", {"DATABASE_URL": "mysql://me:secret-word@db.example/atelier"}, ["DATABASE_URL"]),
    ("a network where addresses belong", {"TRUSTED_PROXIES": "10.0.0.0/8"}, ["TRUSTED_PROXIES"]),
    ("a link to no web page", {"PUBLIC_URL": "ftp://atelier.example"}, ["PUBLIC_URL"]),
    ("more than all as a fee", {"PLATFORM_FEE_BASIS_POINTS": "10001"}, ["PLATFORM_FEE_BASIS_POINTS"]),
    ("a log in no known form", {"LOG_FORMAT": "xml"}, ["LOG_FORMAT"]),
    ("a signing key that is none", {"JWT_PRIVATE_KEY": "not-a-key-but-secret"}, ["JWT_PRIVATE_KEY"]),
    ("a mail server that is none", {"SMTP_URL": "pigeons:secret-word"}, ["SMTP_URL"]),
    ("a sender that is none", {"MAIL_FROM": "nobody at all"}, ["MAIL_FROM"]),
    ("three mistakes at once", {"PORT": "abc", "HOST": "my-machine", "GRAPHQL_INTROSPECTION": "perhaps"},
     ["PORT", "HOST", "GRAPHQL_INTROSPECTION"]),
]


def mistake(binary, settings, named, folder):
    """What is wrong with how it was refused, or None."""
    data = pathlib.Path(folder) / "data"
    environment = {"PATH": os.environ["PATH"], "ATELIER_DATA_DIR": str(data), "PORT": "0", **settings}
    try:
        ended = subprocess.run([binary, "serve"], env=environment, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return f"it ran for {PATIENCE} s"
    shown = ended.stdout + ended.stderr
    for name in SECRETS & settings.keys():
        secret = settings[name].split("://")[-1].split("@")[0].split("\n")[min(1, settings[name].count("\n"))]
        if secret in shown:
            return f"it shows what {name} holds"
    if ended.returncode != 2:
        return f"exit code {ended.returncode}: {shown.strip()[-300:]}"
    unnamed = [name for name in named if name not in ended.stderr]
    if unnamed:
        return f"{', '.join(unnamed)} not named: {ended.stderr.strip()}"
    return "it made a folder for its data" if data.exists() else None


def too_early(binary, words, folder):
    """What is wrong with how a command was refused that needs a database with tables, or None."""
    environment = {"PATH": os.environ["PATH"], "ATELIER_DATA_DIR": str(pathlib.Path(folder) / "data"), "PORT": "0"}
    ended = subprocess.run([binary, *words], env=environment, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    teaches = "atelier migrate" in ended.stderr
    return None if ended.returncode == 1 and teaches else f"exit code {ended.returncode}: {ended.stderr.strip()}"


def main():
    binary = os.path.abspath(sys.argv[1])
    failed = 0
    for what, settings, named in CASES:
        with tempfile.TemporaryDirectory() as folder:
            wrong = mistake(binary, settings, named, folder)
        failed += wrong is not None
        print(f"FAIL  {what} is refused: {wrong}" if wrong else f"ok    {what} is refused by name", flush=True)
    for words in [["staff", "list"], ["documents", "count"]]:
        with tempfile.TemporaryDirectory() as folder:
            wrong = too_early(binary, words, folder)
        what = f"`atelier {' '.join(words)}` before there are tables"
        failed += wrong is not None
        print(f"FAIL  {what}: {wrong}" if wrong else f"ok    {what} says what to run first", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
