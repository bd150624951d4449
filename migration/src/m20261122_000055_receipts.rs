//! Stripe's own page of a receipt and of an invoice.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    "ALTER TABLE payments ADD COLUMN receipt_url TEXT",
    "ALTER TABLE membership_invoices ADD COLUMN page_url TEXT",
];

const DOWN: &[&str] =
    &["ALTER TABLE membership_invoices DROP COLUMN page_url", "ALTER TABLE payments DROP COLUMN receipt_url"];

crate::dialect::migration!(up: UP, down: DOWN);
