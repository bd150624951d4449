//! Seats that one person buys for another.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // Bought for somebody else: whoever proves `holder_email` has it, once it is paid; its buyer never.
    "ALTER TABLE seats ADD COLUMN for_companion BOOLEAN NOT NULL DEFAULT FALSE
     CHECK (NOT for_companion OR order_line_id IS NOT NULL)",
];

const DOWN: &[&str] = &["ALTER TABLE seats DROP COLUMN for_companion"];

crate::dialect::migration!(up: UP, down: DOWN);
