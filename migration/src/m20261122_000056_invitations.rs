//! Letters that calendars read.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    "ALTER TABLE letters ADD COLUMN calendar_method TEXT CHECK (calendar_method IN ('REQUEST', 'CANCEL'))",
    "ALTER TABLE letters ADD COLUMN calendar TEXT",
];

const DOWN: &[&str] =
    &["ALTER TABLE letters DROP COLUMN calendar", "ALTER TABLE letters DROP COLUMN calendar_method"];

crate::dialect::migration!(up: UP, down: DOWN);
