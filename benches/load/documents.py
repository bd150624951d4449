"""What is asked: the same leaves of both servers, and how one's answer is written in the other's words.

Left out of all documents, since PostGraphile derives nothing of the kind: formatted amounts, addresses, HTML of Markdown, the
next lesson. Ids are told in the server's own form and compared as the keys they stand for.
"""

import datetime

STOREFRONT = """query($handle: String!) { creator(by: {handle: $handle}) { id handle displayName headline isVerified followerCount
  courses(first: 20, orderBy: NEWEST) { pageInfo { hasNextPage } nodes { id slug title subtitle level language estimatedMinutes
  lessonCount updatedAt prices { id kind isDefault amount { minorUnits currency } } } } } }"""
COURSE = """query($handle: String!, $slug: String!) { course(by: {slug: {creatorHandle: $handle, slug: $slug}}) { id slug title subtitle level
  language estimatedMinutes lessonCount outcomes description { markdown } creator { id handle displayName headline isVerified }
  prices { id kind isDefault amount { minorUnits currency } } sections { id title position
  lessons { id title summary position kind isPreview durationSeconds } } } }"""
CATALOG = """query($level: Level!, $after: String) { offerings(filter: {level: $level, kinds: [COURSE]}, orderBy: NEWEST, first: 20, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { id slug title subtitle creator { handle displayName }
  prices { id kind isDefault amount { minorUnits currency } } } } }"""
SEARCH = """query($words: String!) { search(query: $words, first: 20) { pageInfo { hasNextPage endCursor } nodes { __typename ... on Course { id slug
  title subtitle creator { handle displayName } prices { id kind isDefault amount { minorUnits currency } } }
  ... on Creator { id handle displayName } } } }"""
LIBRARY = """query { viewer { id library(first: 20) { nodes { id state source startedAt progress { completedLessons totalLessons lastActivityAt }
  offering { id slug title creator { handle displayName } } } } } }"""
CLAIM = """mutation($key: UUID!, $price: ID!) { enrollmentClaimFree(idempotencyKey: $key, priceId: $price) {
  enrollment { id state } userErrors { code path message } } }"""
SIGN_IN = """mutation($email: String!, $password: String!) { authSignIn(input: {email: $email, password: $password,
  device: {platform: WEB}}) { session { accessToken } userErrors { code path message } } }"""

PEER_STOREFRONT = """query($handle: String!) { creatorByHandle(handle: $handle) { rowId handle displayName headline isVerified followerCount
  offeringsByCreatorId(condition: {status: "PUBLISHED", kind: "COURSE"}, orderBy: [PUBLISHED_AT_DESC, ROW_ID_DESC], first: 20) {
  pageInfo { hasNextPage } nodes { rowId slug title subtitle level language updatedAt courseByOfferingId { estimatedMinutes lessonCount }
  pricesByOfferingId { nodes { rowId kind isDefault amountMinor currency } } } } } }"""
PEER_COURSE = """query($handle: String!, $slug: String!) { creatorByHandle(handle: $handle) { rowId handle displayName headline isVerified
  offeringsByCreatorId(condition: {slug: $slug}, first: 1) { nodes { rowId slug title subtitle level language descriptionMarkdown
  courseByOfferingId { estimatedMinutes lessonCount outcomes } pricesByOfferingId { nodes { rowId kind isDefault amountMinor currency } }
  sectionsByOfferingId(orderBy: [POSITION_ASC]) { nodes { rowId title position lessonsBySectionId(orderBy: [POSITION_ASC]) {
  nodes { rowId title summary position kind isPreview durationSeconds } } } } } } } }"""
PEER_LIBRARY = """query($user: UUID!) { userByRowId(rowId: $user) { rowId enrollmentsByUserId(orderBy: [CREATED_AT_DESC, ROW_ID_DESC], first: 20) {
  nodes { rowId state source startedAt completedLessons lastActivityAt offeringByOfferingId { rowId slug title
  creatorByCreatorId { handle displayName } courseByOfferingId { lessonCount } } } } } }"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def told(prefix, key):
    """A key in the form in which the server tells it: its kind and 22 digits of base 62."""
    number, digits = int.from_bytes(key, "big"), ""
    for _ in range(22):
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return f"{prefix}_{digits}"


def same(value, name=""):
    """A value as both servers can be held to it: ids as keys, moments as moments."""
    if isinstance(value, dict):
        return {inner: same(one, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [same(one) for one in value]
    if name == "id" and isinstance(value, str):
        if "_" in value:
            number = 0
            for digit in value.rsplit("_", 1)[1]:
                number = number * 62 + DIGITS.index(digit)
            return f"{number:032x}"
        return value.replace("-", "")
    if name.endswith("At") and isinstance(value, str):
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if name == "minorUnits":
        return int(value)
    return value


def prices(row):
    return [{"id": one["rowId"], "kind": one["kind"], "isDefault": one["isDefault"],
             "amount": {"minorUnits": one["amountMinor"], "currency": one["currency"]}} for one in row["pricesByOfferingId"]["nodes"]]


def picked(row, names):
    return {**({"id": row["rowId"]} if "rowId" in row else {}), **{name: row[name] for name in names.split()}}


def storefront(answer):
    creator = answer["creatorByHandle"]
    listed = creator["offeringsByCreatorId"]
    nodes = [{**picked(row, "slug title subtitle level language updatedAt"), **row["courseByOfferingId"], "prices": prices(row)}
             for row in listed["nodes"]]
    return {"creator": {**picked(creator, "handle displayName headline isVerified followerCount"),
                        "courses": {"pageInfo": listed["pageInfo"], "nodes": nodes}}}


def course(answer):
    creator = answer["creatorByHandle"]
    row = creator["offeringsByCreatorId"]["nodes"][0]
    sections = [{**picked(one, "title position"),
                 "lessons": [picked(step, "title summary position kind isPreview durationSeconds") for step in one["lessonsBySectionId"]["nodes"]]}
                for one in row["sectionsByOfferingId"]["nodes"]]
    return {"course": {**picked(row, "slug title subtitle level language"), **row["courseByOfferingId"],
                       "description": {"markdown": row["descriptionMarkdown"]},
                       "creator": picked(creator, "handle displayName headline isVerified"), "prices": prices(row), "sections": sections}}


def library(answer):
    user = answer["userByRowId"]
    rights = []
    for one in user["enrollmentsByUserId"]["nodes"]:
        offered = one["offeringByOfferingId"]
        rights.append({**picked(one, "state source startedAt"),
                       "progress": {"completedLessons": one["completedLessons"], "totalLessons": offered["courseByOfferingId"]["lessonCount"],
                                    "lastActivityAt": one["lastActivityAt"]},
                       "offering": {**picked(offered, "slug title"), "creator": offered["creatorByCreatorId"]}})
    return {"viewer": {"id": user["rowId"], "library": {"nodes": rights}}}


# Page: what the peer is asked, and how its answer reads in our words.
PEER = {"storefront": (PEER_STOREFRONT, storefront), "course": (PEER_COURSE, course), "library": (PEER_LIBRARY, library)}
