//! What a picture looks like before it has loaded.

/// In PostgreSQL's words; `dialect` says them in SQLite's. Where it is null, no smaller sizes were made either.
const UP: &[&str] = &["ALTER TABLE assets ADD COLUMN thumbhash TEXT"];

const DOWN: &[&str] = &["ALTER TABLE assets DROP COLUMN thumbhash"];

crate::dialect::migration!(up: UP, down: DOWN);
