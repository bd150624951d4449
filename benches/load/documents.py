"""What is asked of each page, and ids as the server tells them."""

import hashlib

STOREFRONT = """query($handle: String!) { creator(by: {handle: $handle}) { id handle displayName headline isVerified followerCount
  courses(first: 20, orderBy: NEWEST) { pageInfo { hasNextPage } nodes { id slug title subtitle level language estimatedMinutes
  lessonCount updatedAt prices { id kind isDefault amount { minorUnits currency } } } } } }"""
COURSE = """query($handle: String!, $slug: String!) { course(by: {slug: {creatorHandle: $handle, slug: $slug}}) { id slug title subtitle level
  language estimatedMinutes lessonCount outcomes description { markdown } creator { id handle displayName headline isVerified }
  prices { id kind isDefault amount { minorUnits currency } } sections { id title position
  lessons { id title summary position kind isPreview durationSeconds } } } }"""
CATALOG = """query($level: Level!, $first: Int!) { offerings(filter: {level: $level, kinds: [COURSE]}, orderBy: NEWEST, first: $first) {
  pageInfo { hasNextPage endCursor } nodes { id slug title subtitle creator { handle displayName }
  prices { id kind isDefault amount { minorUnits currency } } } } }"""
SEARCH = """query($words: String!, $after: String) { search(query: $words, filter: {kinds: [COURSE]}, first: 20, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { ... on Course { id slug title subtitle creator { handle displayName }
  prices { id kind isDefault amount { minorUnits currency } } } } } }"""
LIBRARY = """query { viewer { id library(first: 20) { nodes { id state source startedAt progress { completedLessons totalLessons lastActivityAt }
  offering { id slug title creator { handle displayName } } } } } }"""
CLAIM = """mutation($key: UUID!, $price: ID!) { enrollmentClaimFree(idempotencyKey: $key, priceId: $price) {
  enrollment { id state } userErrors { code path message } } }"""
SIGN_IN = """mutation($email: String!, $password: String!) { authSignIn(input: {email: $email, password: $password,
  device: {platform: WEB}}) { session { accessToken } userErrors { code path message } } }"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def number(document):
    """By which a registered document is asked."""
    return f"sha256:{hashlib.sha256(document.encode()).hexdigest()}"


def told(prefix, key):
    """A key in the form in which the server tells it: its kind and 22 digits of base 62."""
    number, digits = int.from_bytes(key, "big"), ""
    for _ in range(22):
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return f"{prefix}_{digits}"
