//! Documents that were registered ahead: clients send their number instead of their text.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &["CREATE TABLE trusted_documents (
        id TEXT PRIMARY KEY CHECK (length(id) = 64),
        text TEXT NOT NULL,
        registered_at TIMESTAMPTZ NOT NULL
    )"];

const DOWN: &[&str] = &["DROP TABLE trusted_documents"];

crate::dialect::migration!(up: UP, down: DOWN);
