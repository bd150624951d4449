//! Letters to people.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // An e-mail to send; its text is erased once it is out, since it may hold a code.
    "CREATE TABLE letters (
    id         UUID PRIMARY KEY,
    user_id    UUID,
    recipient  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body_text  TEXT NOT NULL,
    body_html  TEXT NOT NULL,
    unique_key TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at    TIMESTAMPTZ,
    UNIQUE (unique_key)
)",
    "CREATE INDEX letters_by_user_created ON letters (user_id, created_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["letters"];

crate::dialect::migration!(up: UP, drop: TABLES);
