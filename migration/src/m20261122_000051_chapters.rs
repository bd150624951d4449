//! Chapters of films and recordings.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A part of a film or recording that has a name; it lasts until the next begins.
    "CREATE TABLE chapters (
    asset_id      UUID NOT NULL REFERENCES assets (id),
    start_seconds INT NOT NULL,
    title         TEXT NOT NULL,
    PRIMARY KEY (asset_id, start_seconds),
    CHECK (start_seconds >= 0)
)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["chapters"];

crate::dialect::migration!(up: UP, drop: TABLES);
