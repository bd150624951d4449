//! Who may learn what, and why.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // An entitlement: one person's right to one offering.
    "CREATE TABLE enrollments (
    id                UUID PRIMARY KEY,
    user_id           UUID NOT NULL REFERENCES users (id),
    offering_id       UUID NOT NULL REFERENCES offerings (id),
    state             TEXT NOT NULL CHECK (state IN ('ACTIVE', 'PAST_DUE', 'COMPLETED', 'EXPIRED', 'REVOKED')),
    source            TEXT NOT NULL CHECK (source IN ('PURCHASE', 'FREE', 'GIFT', 'MEMBERSHIP', 'BUNDLE', 'COMPLIMENTARY', 'STORE')),
    order_line_id     UUID,
    started_at        TIMESTAMPTZ NOT NULL,
    access_ends_at    TIMESTAMPTZ,
    completed_at      TIMESTAMPTZ,
    revoked_at        TIMESTAMPTZ,
    last_lesson_id    UUID,
    last_activity_at  TIMESTAMPTZ,
    completed_lessons INT NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL,
    UNIQUE (user_id, offering_id)
)",
    "CREATE INDEX enrollments_by_offering_created ON enrollments (offering_id, created_at)",
    "CREATE INDEX enrollments_by_user_created ON enrollments (user_id, created_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["enrollments"];

crate::dialect::migration!(up: UP, drop: TABLES);
