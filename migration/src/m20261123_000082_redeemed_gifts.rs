//! What somebody redeemed, found by who did: it keeps a right when something else that gave it is paid back.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] =
    &["CREATE INDEX gifts_redeemed_by_idx ON gifts (redeemed_by) WHERE redeemed_by IS NOT NULL"];

const DOWN: &[&str] = &["DROP INDEX gifts_redeemed_by_idx"];

crate::dialect::migration!(up: UP, down: DOWN);
