//! Rights that stayed when what paid for them went, since something else had paid for them too: they come back should that
//! go as well and the first money return.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &["ALTER TABLE taken_rights ADD COLUMN is_moved BOOLEAN NOT NULL DEFAULT FALSE"];

const DOWN: &[&str] = &["ALTER TABLE taken_rights DROP COLUMN is_moved"];

crate::dialect::migration!(up: UP, down: DOWN);
