"""Fills a migrated database with a market of some size: the same rows every time, on SQLite and on PostgreSQL.

    python3 benches/load/seed.py target/release/atelier FOLDER [--database postgres://user@host/name] [--scale 1]

Migrates first, with the program. The database must hold no rows of an earlier seed. Without --database it is FOLDER/data/atelier.db, where
`ATELIER_DATA_DIR=FOLDER/data atelier serve` finds it. At scale 1: 50,000 accounts, 2,000 creators, 10,000 courses, 60,000
sections, 300,000 lessons, 500,000 enrollments with about 740,000 lessons' progress, 100,000 follows, 100,000 reviews with 30,000
votes. Everybody's password is the same. A tenth of the creators has half of the courses, 25 each, so that some storefronts are long. Half of the courses are
free, and enrolled in for free; the others' learners were let in without paying (COMPLIMENTARY), since a purchase would need its
order, payment and journal. So no review is marked as of a purchase. There are no events and no media.

Writes rows, not history, and obeys what `atelier doctor` checks once the program has run: it writes then what search finds (a job
asks for it). Needs python 3 and, for PostgreSQL, psql.
"""

import argparse
import collections
import datetime
import itertools
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata

from places import runs

PASSWORD = "load data only, no person"
BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
BEGIN_MILLIS = int(BEGIN.timestamp() * 1000)
TABLES = {name: number for number, name in enumerate(
    ("users", "creators", "offerings", "sections", "lessons", "prices", "enrollments", "team_members", "jobs", "reviews"), 1)}
NICHES = 24
SECTIONS, LESSONS = 6, 5
ENROLLMENTS = 10
REVIEWS = 2
STARS = (5, 4, 5, 3, 5, 4, 5, 2, 5, 4, 5, 1, 4, 5, 3)
WORDS = ("I have made three by now, and the third is *good*.", "Small steps, as promised. I would have liked more pictures.",
         "Not for me: too slow.", "", "Clear from the first lesson on. My daughter learns it too.")
LEVELS = ("BEGINNER", "INTERMEDIATE", "ADVANCED", "ALL")
LANGUAGES = ("en", "de", "fr", "es")
CRAFTS = ("Linen", "Bread", "Ink", "Cedar", "Glaze", "Indigo", "Honey", "Clay", "Wool", "Paper", "Copper", "Light", "Crème", "Salt",
          "Voice", "Rhythm", "Chess", "Verbs", "Roses", "Stone")
THINGS = ("for beginners", "in thirty days", "without tools", "by hand", "from the ground up", "on a small budget", "for families",
          "the quiet way", "step by step", "at home", "for the curious", "in winter", "once more")
# How many lessons of a course have been done, by an enrollment's number; every two hundredth has done all.
DONE = (0, 0, 1, 5, 0, 2)


class Amounts:
    def __init__(self, scale):
        self.creators = max(20, round(2_000 * scale))
        self.courses = self.creators * 5
        self.accounts = self.creators * 25
        self.long = self.creators // 10


def key(table, number):
    """A version 7 id, as the server makes them, that says which row it is; later rows sort later."""
    millis = BEGIN_MILLIS + number * 20
    return ((millis << 80) | (7 << 76) | (TABLES[table] << 64) | (2 << 62) | number).to_bytes(16, "big")


def niche(number):
    return bytes.fromhex(f"0190000000007000800000000000{number + 1:04x}")


def moment(number):
    return (BEGIN + datetime.timedelta(seconds=number * 17)).isoformat()


def folded(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()


def creator_of(amounts, course):
    half = amounts.long * 25
    return course % amounts.long if course < half else amounts.long + (course - half) % (amounts.creators - amounts.long)


def is_free(course):
    return course % 2 == 0


def title(course):
    return f"{CRAFTS[course % len(CRAFTS)]} {THINGS[course // 3 % len(THINGS)]}, part {course}"


def slug(course):
    return f"course-{course}"


def courses_of(amounts, account):
    return [(account * 31 + turn * 997) % amounts.courses for turn in range(ENROLLMENTS)]


def done(number):
    return SECTIONS * LESSONS if number % 200 == 199 else DONE[number % len(DONE)]


def email(account):
    return f"person-{account}@load.example"


def lesson(course, place):
    return course * SECTIONS * LESSONS + place


def users(amounts, password_hash):
    yield ("users", "id email email_folded display_name password_hash email_verified_at language time_zone avatar_asset_id "
           "marketing_opt_in terms_version suspended_at created_at updated_at")
    for number in range(amounts.accounts):
        at = moment(number)
        yield (key("users", number), email(number), email(number), f"Person {number}", password_hash, at, "en", "Europe/Berlin",
               None, False, "2026-01", None, at, at)


Review = collections.namedtuple("Review", "number account enrollment course stars voters")


def opinions(amounts):
    """What everybody thinks of two courses they have begun, never of their own; every tenth was found helpful."""
    numbers = itertools.count()
    for account in range(amounts.accounts):
        begun = [(account * ENROLLMENTS + turn, course) for turn, course in enumerate(courses_of(amounts, account))
                 if done(account * ENROLLMENTS + turn) and creator_of(amounts, course) != account]
        for enrollment, course in begun[:REVIEWS]:
            number = next(numbers)
            voters = {(account + step * 7) % amounts.accounts for step in (1, 2, 3)} if number % 10 == 0 else set()
            yield Review(number, account, enrollment, course, STARS[(number * 7 + course) % len(STARS)], sorted(voters - {account}))


def stars_by(reviews, whose):
    """How many gave one, two, three, four and five stars, by whose they are."""
    counted = collections.defaultdict(lambda: [0] * 5)
    for review in reviews:
        counted[whose(review)][review.stars - 1] += 1
    return counted


def rated(stars):
    """The sum, the number, and how many of each."""
    return sum(count * (place + 1) for place, count in enumerate(stars)), sum(stars), *stars


def creators(amounts, followers, stars):
    yield ("creators", "id handle display_name headline bio_markdown avatar_asset_id cover_asset_id country time_zone currency "
           "languages is_verified follower_count rating_sum rating_count ratings_1 ratings_2 ratings_3 ratings_4 ratings_5 rating_milli "
           "created_at updated_at")
    for number in range(amounts.creators):
        at, ratings = moment(number), rated(stars[number])
        yield (key("creators", number), f"maker-{number}", f"Maker {number}", "One small step a day", "I teach what I *do*, slowly. " * 8,
               None, None, "DE", "Europe/Berlin", "EUR", '["en"]', number % 7 == 0, followers[number], *ratings,
               ratings[0] * 1000 // ratings[1] if ratings[1] else 0, at, at)


def storefronts(amounts):
    yield ("storefronts", "creator_id version is_published theme_preset color_primary color_background font_family corner_radius "
           "sections updated_at")
    for number in range(amounts.creators):
        yield key("creators", number), 1, True, "linen", "#1f3a5f", "#faf7f2", "Inter", 12, "[]", moment(number)


def niches(amounts):
    yield "creator_niches", "creator_id niche_id"
    for number in range(amounts.creators):
        yield key("creators", number), niche(number % NICHES)


def teams(amounts):
    yield "team_members", "id creator_id user_id role joined_at"
    for number in range(amounts.creators):
        yield key("team_members", number), key("creators", number), key("users", number), "OWNER", moment(number)


def follows(amounts, pairs):
    yield "follows", "user_id creator_id created_at"
    for number, (account, creator) in enumerate(pairs):
        yield key("users", account), key("creators", creator), moment(number)


def offerings(amounts, learners, stars):
    yield ("offerings", "id kind creator_id slug title title_folded subtitle description_markdown cover_asset_id status level language "
           "version rating_sum rating_count ratings_1 ratings_2 ratings_3 ratings_4 ratings_5 enrollment_count published_at created_at "
           "updated_at")
    for number in range(amounts.courses):
        at, name = moment(number), title(number)
        yield (key("offerings", number), "COURSE", key("creators", creator_of(amounts, number)), slug(number), name, folded(name),
               "A quiet quarter of an hour a day", "What you need, what you will make, and *why* it takes a while.\n\n" * 4, None,
               "PUBLISHED", LEVELS[number % 4], LANGUAGES[number // 5 % 4], 1, *rated(stars[number]), learners[number], at, at, at)


def courses(amounts):
    yield ("courses", "offering_id trailer_asset_id outcomes estimated_minutes section_count lesson_count certificate_enabled")
    for number in range(amounts.courses):
        yield (key("offerings", number), None, '["You have made one", "You know what to do next"]', SECTIONS * LESSONS * 3, SECTIONS,
               SECTIONS * LESSONS, True)


def offering_niches(amounts):
    yield "offering_niches", "offering_id niche_id"
    for number in range(amounts.courses):
        yield key("offerings", number), niche(number * 7 % NICHES)


def prices(amounts):
    yield ("prices", "id offering_id kind currency amount_minor suggested_minor compare_at_minor tax_behavior available_until is_default "
           "archived_at created_at")
    for number in range(amounts.courses):
        kind, amount = ("FREE", 0) if is_free(number) else ("ONE_TIME", 900 + number % 40 * 100)
        yield key("prices", number), key("offerings", number), kind, "EUR", amount, None, None, "INCLUSIVE", None, True, None, moment(number)


def sections(amounts):
    yield "sections", "id offering_id title position created_at"
    for number in range(amounts.courses * SECTIONS):
        course, place = divmod(number, SECTIONS)
        yield key("sections", number), key("offerings", course), f"Week {place + 1}", place, moment(course)


def lessons(amounts):
    yield ("lessons", "id section_id offering_id title summary position is_preview kind media_asset_id article_markdown duration_seconds "
           "version created_at updated_at")
    for number in range(amounts.courses * SECTIONS * LESSONS):
        section, place = divmod(number, LESSONS)
        course = section // SECTIONS
        at = moment(course)
        yield (key("lessons", number), key("sections", section), key("offerings", course), f"Step {place + 1} of week {section % SECTIONS + 1}",
               "What to look for", place, number % (SECTIONS * LESSONS) == 0, "TEXT", None, "Do it once, however badly. " * 6, 180, 1, at, at)


def enrollments(amounts):
    yield ("enrollments", "id user_id offering_id state source order_line_id started_at access_ends_at completed_at revoked_at last_lesson_id "
           "last_activity_at completed_lessons created_at")
    for account in range(amounts.accounts):
        for turn, course in enumerate(courses_of(amounts, account)):
            number = account * ENROLLMENTS + turn
            at, count = moment(number), done(number)
            is_over = count == SECTIONS * LESSONS
            yield (key("enrollments", number), key("users", account), key("offerings", course), "COMPLETED" if is_over else "ACTIVE",
                   "FREE" if is_free(course) else "COMPLIMENTARY", None, at, None, at if is_over else None, None,
                   key("lessons", lesson(course, count - 1)) if count else None, at if count else None, count, at)


def lesson_progress(amounts):
    yield ("lesson_progress", "user_id lesson_id enrollment_id state position_seconds positioned_at watched_seconds completed_at reopened_at "
           "updated_at")
    for account in range(amounts.accounts):
        for turn, course in enumerate(courses_of(amounts, account)):
            number = account * ENROLLMENTS + turn
            at = moment(number)
            for place in range(done(number)):
                yield (key("users", account), key("lessons", lesson(course, place)), key("enrollments", number), "COMPLETED", 0, None, 180,
                       at, None, at)


def reviews(all_of_them):
    yield ("reviews", "id offering_id creator_id author_id enrollment_id seat_id is_paid rating body_markdown reply_markdown replied_by "
           "replied_at helpful_count hidden_at erased_at created_at edited_at")
    for review, creator in all_of_them:
        at = moment(review.enrollment)
        reply = "Thank you for saying so." if review.number % 8 == 0 else None
        yield (key("reviews", review.number), key("offerings", review.course), key("creators", creator), key("users", review.account),
               key("enrollments", review.enrollment), None, False, review.stars, WORDS[review.number % len(WORDS)], reply,
               key("users", creator) if reply else None, at if reply else None, len(review.voters), None, None, at, None)


def votes(reviews_):
    yield "review_votes", "review_id user_id created_at"
    for review in reviews_:
        for voter in review.voters:
            yield key("reviews", review.number), key("users", voter), moment(review.enrollment)


def jobs():
    """Words to be found by are written by the program itself, when it runs next."""
    yield "jobs", "id kind payload unique_key state attempts max_attempts run_at created_at"
    yield key("jobs", 0), "search.rebuild", "{}", "search.rebuild@load", "QUEUED", 0, 12, moment(0), moment(0)


def market(amounts, password_hash):
    """Every table in an order in which nothing refers to what is not there yet: its name, its columns, then its rows."""
    pairs = sorted({(account, (account * 7 + turn * 389) % amounts.creators) for account in range(amounts.accounts) for turn in (0, 1)})
    followers = collections.Counter(creator for _, creator in pairs)
    learners = collections.Counter(course for account in range(amounts.accounts) for course in courses_of(amounts, account))
    said = list(opinions(amounts))
    by_creator = stars_by(said, lambda review: creator_of(amounts, review.course))
    by_course = stars_by(said, lambda review: review.course)
    written = [(review, creator_of(amounts, review.course)) for review in said]
    return (users(amounts, password_hash), creators(amounts, followers, by_creator), storefronts(amounts), niches(amounts), teams(amounts),
            follows(amounts, pairs), offerings(amounts, learners, by_course), courses(amounts), offering_niches(amounts), prices(amounts),
            sections(amounts), lessons(amounts), enrollments(amounts), lesson_progress(amounts),
            reviews(written), votes(said), jobs())


class Lite:
    """Writes rows into a SQLite file that nobody else has open."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA foreign_keys = OFF")
        self.db.execute("BEGIN IMMEDIATE")

    def writes(self, table, columns, rows):
        marks = ", ".join("?" * len(columns))
        self.db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def finish(self):
        broken = self.db.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise RuntimeError(f"refers to what is not there: {broken}")
        self.db.execute("COMMIT")
        self.db.executescript("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()


class Post:
    """Writes rows into PostgreSQL through COPY."""

    def __init__(self, url):
        self.url = url

    def writes(self, table, columns, rows):
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", self.url, "-c", f"COPY {table} ({', '.join(columns)}) FROM STDIN"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as copy:
            for row in rows:
                copy.stdin.write("\t".join(map(self.says, row)) + "\n")
        if copy.returncode != 0:
            raise RuntimeError(f"COPY {table} ended with {copy.returncode}")

    @staticmethod
    def says(value):
        if value is None:
            return r"\N"
        if isinstance(value, bytes):
            return value.hex()
        return str(value).replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t")

    def finish(self):
        runs(["psql", "-Xq", self.url, "-c", "VACUUM ANALYZE"], 900)


def password_hash(program):
    """What the server keeps of the password: it is asked, so that nobody else need know how."""
    with tempfile.TemporaryDirectory(prefix="atelier-hash-") as folder:
        environment = {"PATH": os.environ["PATH"], "ATELIER_DATA_DIR": folder}
        runs([program, "seed", "--creators", "1"], 120, env=environment)
        db = sqlite3.connect(pathlib.Path(folder) / "atelier.db")
        return db.execute("SELECT password_hash FROM users WHERE password_hash IS NOT NULL").fetchone()[0]


def fill(place, amounts, hash_, report=print):
    begun = time.monotonic()
    for rows in market(amounts, hash_):
        table, columns = next(rows)
        count = itertools.count()
        place.writes(table, columns.split(), (row for row, _ in zip(rows, count)))
        report(f"{time.monotonic() - begun:6.1f} s  {next(count):>9,} {table}")
    place.finish()
    report(f"{time.monotonic() - begun:6.1f} s  analyzed")


def make(program, folder, database, amounts):
    """Migrates and fills the database, or the SQLite file below the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "ATELIER_DATA_DIR": str(folder / "data"), **({"DATABASE_URL": database} if database else {})}
    runs([program, "migrate"], 300, env=environment)
    fill(Post(database) if database else Lite(folder / "data" / "atelier.db"), amounts, password_hash(program))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--database")
    parser.add_argument("--scale", type=float, default=1)
    wish = parser.parse_args()
    make(wish.program, wish.folder, wish.database, Amounts(wish.scale))


if __name__ == "__main__":
    sys.exit(main())
