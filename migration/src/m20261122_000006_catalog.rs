//! What creators sell: offerings, courses, lessons, prices.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // Anything that can be on sale; a course is one kind.
    "CREATE TABLE offerings (
    id                   UUID PRIMARY KEY,
    kind                 TEXT NOT NULL CHECK (kind IN ('COURSE', 'WORKSHOP', 'BUNDLE', 'MEMBERSHIP')),
    creator_id           UUID NOT NULL REFERENCES creators (id),
    slug                 TEXT NOT NULL,
    title                TEXT NOT NULL,
    title_folded         TEXT NOT NULL,
    subtitle             TEXT,
    description_markdown TEXT NOT NULL,
    cover_asset_id       UUID,
    status               TEXT NOT NULL CHECK (status IN ('DRAFT', 'PUBLISHED', 'UNLISTED', 'ARCHIVED', 'TAKEN_DOWN')),
    level                TEXT NOT NULL CHECK (level IN ('BEGINNER', 'INTERMEDIATE', 'ADVANCED', 'ALL')),
    language             TEXT NOT NULL,
    version              INT NOT NULL,
    rating_sum           BIGINT NOT NULL,
    rating_count         INT NOT NULL,
    enrollment_count     INT NOT NULL,
    published_at         TIMESTAMPTZ,
    created_at           TIMESTAMPTZ NOT NULL,
    updated_at           TIMESTAMPTZ NOT NULL,
    UNIQUE (creator_id, slug),
    CHECK (status = 'DRAFT' OR published_at IS NOT NULL OR status IN ('ARCHIVED','TAKEN_DOWN'))
)",
    "CREATE INDEX offerings_by_creator_status_published ON offerings (creator_id, status, published_at)",
    "CREATE INDEX offerings_by_status_published_id ON offerings (status, published_at, id)",
    "CREATE INDEX offerings_by_status_enrollment_count_id ON offerings (status, enrollment_count, id)",
    // What a course has beyond an offering.
    "CREATE TABLE courses (
    offering_id         UUID PRIMARY KEY REFERENCES offerings (id),
    trailer_asset_id    UUID,
    outcomes            JSONB NOT NULL,
    estimated_minutes   INT NOT NULL,
    section_count       INT NOT NULL,
    lesson_count        INT NOT NULL,
    certificate_enabled BOOLEAN NOT NULL
)",
    // Which niches an offering is listed under.
    "CREATE TABLE offering_niches (
    offering_id UUID NOT NULL REFERENCES offerings (id),
    niche_id    UUID NOT NULL REFERENCES niches (id),
    PRIMARY KEY (offering_id, niche_id)
)",
    "CREATE INDEX offering_niches_by_niche_offering ON offering_niches (niche_id, offering_id)",
    // Slugs an offering had before; they keep leading to it.
    "CREATE TABLE former_slugs (
    creator_id  UUID NOT NULL REFERENCES creators (id),
    slug        TEXT NOT NULL,
    offering_id UUID NOT NULL REFERENCES offerings (id),
    replaced_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (creator_id, slug)
)",
    // A chapter of a course.
    "CREATE TABLE sections (
    id          UUID PRIMARY KEY,
    offering_id UUID NOT NULL REFERENCES offerings (id),
    title       TEXT NOT NULL,
    position    INT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL
)",
    "CREATE INDEX sections_by_offering_position ON sections (offering_id, position)",
    // One small step of a course.
    "CREATE TABLE lessons (
    id               UUID PRIMARY KEY,
    section_id       UUID NOT NULL REFERENCES sections (id),
    offering_id      UUID NOT NULL REFERENCES offerings (id),
    title            TEXT NOT NULL,
    summary          TEXT,
    position         INT NOT NULL,
    is_preview       BOOLEAN NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('VIDEO', 'AUDIO', 'TEXT', 'DOWNLOAD', 'QUIZ')),
    media_asset_id   UUID,
    article_markdown TEXT,
    duration_seconds INT,
    version          INT NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    updated_at       TIMESTAMPTZ NOT NULL
)",
    "CREATE INDEX lessons_by_section_position ON lessons (section_id, position)",
    "CREATE INDEX lessons_by_offering ON lessons (offering_id)",
    "CREATE INDEX lessons_by_media_asset ON lessons (media_asset_id)",
    // Files that come with a lesson, or are the lesson (DOWNLOAD).
    "CREATE TABLE lesson_attachments (
    id         UUID PRIMARY KEY,
    lesson_id  UUID NOT NULL REFERENCES lessons (id),
    asset_id   UUID NOT NULL REFERENCES assets (id),
    position   INT NOT NULL,
    is_content BOOLEAN NOT NULL,
    UNIQUE (lesson_id, asset_id)
)",
    "CREATE INDEX lesson_attachments_by_asset ON lesson_attachments (asset_id)",
    // What an offering costs; never changed, only replaced.
    "CREATE TABLE prices (
    id               UUID PRIMARY KEY,
    offering_id      UUID NOT NULL REFERENCES offerings (id),
    kind             TEXT NOT NULL CHECK (kind IN ('FREE', 'ONE_TIME', 'PAY_WHAT_YOU_WANT', 'RECURRING')),
    currency         TEXT NOT NULL,
    amount_minor     BIGINT NOT NULL,
    suggested_minor  BIGINT,
    compare_at_minor BIGINT,
    tax_behavior     TEXT NOT NULL CHECK (tax_behavior IN ('INCLUSIVE', 'EXCLUSIVE')),
    available_until  TIMESTAMPTZ,
    is_default       BOOLEAN NOT NULL,
    archived_at      TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL,
    CHECK (amount_minor >= 0),
    CHECK (kind <> 'FREE' OR amount_minor = 0)
)",
    "CREATE INDEX prices_by_offering_archived ON prices (offering_id, archived_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &[
    "prices",
    "lesson_attachments",
    "lessons",
    "sections",
    "former_slugs",
    "offering_niches",
    "courses",
    "offerings",
];

crate::dialect::migration!(up: UP, drop: TABLES);
