//! How long the buyer of an order may ask for the money back: frozen when it is placed.

/// In PostgreSQL's words; `dialect` says them in SQLite's. 14 days is what the terms said so far.
const UP: &[&str] = &["ALTER TABLE orders ADD COLUMN refund_window_days INT NOT NULL DEFAULT 14"];

const DOWN: &[&str] = &["ALTER TABLE orders DROP COLUMN refund_window_days"];

crate::dialect::migration!(up: UP, down: DOWN);
