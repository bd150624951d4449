//! How far a learner is.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // One learner's state in one lesson.
    "CREATE TABLE lesson_progress (
    user_id          UUID NOT NULL REFERENCES users (id),
    lesson_id        UUID NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,
    enrollment_id    UUID NOT NULL REFERENCES enrollments (id),
    state            TEXT NOT NULL CHECK (state IN ('NOT_STARTED', 'IN_PROGRESS', 'COMPLETED')),
    position_seconds INT NOT NULL,
    positioned_at    TIMESTAMPTZ,
    watched_seconds  INT NOT NULL,
    completed_at     TIMESTAMPTZ,
    reopened_at      TIMESTAMPTZ,
    updated_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, lesson_id),
    CHECK (position_seconds >= 0),
    CHECK (watched_seconds >= 0)
)",
    "CREATE INDEX lesson_progress_by_enrollment ON lesson_progress (enrollment_id)",
    "CREATE INDEX lesson_progress_by_lesson ON lesson_progress (lesson_id)",
    // What a device reported, once per event id, also hours late.
    "CREATE TABLE progress_events (
    user_id          UUID NOT NULL REFERENCES users (id),
    event_id         UUID NOT NULL,
    lesson_id        UUID NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('STARTED', 'POSITION', 'COMPLETED', 'DOWNLOADED')),
    position_seconds INT,
    watched_seconds  INT,
    occurred_at      TIMESTAMPTZ NOT NULL,
    received_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, event_id)
)",
    "CREATE INDEX progress_events_by_received ON progress_events (received_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["progress_events", "lesson_progress"];

crate::dialect::migration!(up: UP, drop: TABLES);
