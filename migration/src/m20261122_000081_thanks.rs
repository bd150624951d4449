//! Thanking who was there, once a session is over.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &["ALTER TABLE workshop_sessions ADD COLUMN thanked_at TIMESTAMPTZ"];

const DOWN: &[&str] = &["ALTER TABLE workshop_sessions DROP COLUMN thanked_at"];

crate::dialect::migration!(up: UP, down: DOWN);
