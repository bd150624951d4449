//! Who owns an object of the bucket is asked by its key, a thousand keys at a time.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &["CREATE INDEX assets_by_object_key ON assets (object_key)"];

const DOWN: &[&str] = &["DROP INDEX assets_by_object_key"];

crate::dialect::migration!(up: UP, down: DOWN);
