//! The way to a creator's bank.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A creator's connected account at Stripe.
    "CREATE TABLE payout_accounts (
    creator_id        UUID PRIMARY KEY REFERENCES creators (id),
    stripe_account_id TEXT NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('NOT_STARTED', 'ACTION_REQUIRED', 'PENDING', 'READY', 'RESTRICTED', 'REJECTED')),
    country           TEXT NOT NULL,
    default_currency  TEXT NOT NULL,
    requirements      JSONB NOT NULL,
    disabled_reason   TEXT,
    due_by            TIMESTAMPTZ,
    checked_at        TIMESTAMPTZ,
    created_at        TIMESTAMPTZ NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL,
    UNIQUE (stripe_account_id)
)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["payout_accounts"];

crate::dialect::migration!(up: UP, drop: TABLES);
