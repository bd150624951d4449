//! Payments in an app's sheet: which payment at Stripe a checkout waits for, and what the sheet opens it with.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    "ALTER TABLE checkouts ADD COLUMN stripe_intent_id TEXT",
    "ALTER TABLE checkouts ADD COLUMN stripe_intent_secret TEXT",
    "CREATE UNIQUE INDEX checkouts_by_stripe_intent ON checkouts (stripe_intent_id)",
];

const DOWN: &[&str] = &[
    "DROP INDEX checkouts_by_stripe_intent",
    "ALTER TABLE checkouts DROP COLUMN stripe_intent_secret",
    "ALTER TABLE checkouts DROP COLUMN stripe_intent_id",
];

crate::dialect::migration!(up: UP, down: DOWN);
