//! Money sent to creators' accounts, and taken back from there.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A payee's released share of an order, sent to their account.
    "CREATE TABLE transfers (
    id               UUID PRIMARY KEY,
    order_id         UUID NOT NULL REFERENCES orders (id),
    payee_creator_id UUID NOT NULL REFERENCES creators (id),
    charge_id        TEXT NOT NULL,
    destination      TEXT NOT NULL,
    currency         TEXT NOT NULL,
    amount_minor     BIGINT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('INTENDED', 'SENT', 'REFUSED')),
    stripe_id        TEXT,
    refusal          TEXT,
    created_at       TIMESTAMPTZ NOT NULL,
    settled_at       TIMESTAMPTZ,
    UNIQUE (stripe_id),
    CHECK (amount_minor > 0),
    CHECK ((state = 'SENT') = (stripe_id IS NOT NULL))
)",
    "CREATE INDEX transfers_by_order ON transfers (order_id)",
    "CREATE INDEX transfers_by_payee_state ON transfers (payee_creator_id, state)",
    // One at a time for each order and payee.
    "CREATE UNIQUE INDEX transfers_under_way ON transfers (order_id, payee_creator_id) WHERE state = 'INTENDED'",
    // Money of a transfer taken back.
    "CREATE TABLE transfer_reversals (
    id               UUID PRIMARY KEY,
    transfer_id      UUID NOT NULL REFERENCES transfers (id),
    order_id         UUID NOT NULL REFERENCES orders (id),
    payee_creator_id UUID NOT NULL REFERENCES creators (id),
    currency         TEXT NOT NULL,
    amount_minor     BIGINT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('INTENDED', 'MADE', 'WAITING', 'CANCELLED')),
    stripe_id        TEXT,
    refusal          TEXT,
    try_at           TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL,
    settled_at       TIMESTAMPTZ,
    UNIQUE (stripe_id),
    CHECK (amount_minor > 0),
    CHECK ((state = 'MADE') = (stripe_id IS NOT NULL))
)",
    "CREATE INDEX transfer_reversals_by_transfer ON transfer_reversals (transfer_id)",
    "CREATE INDEX transfer_reversals_by_order ON transfer_reversals (order_id)",
    "CREATE INDEX transfer_reversals_by_state_try ON transfer_reversals (state, try_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["transfer_reversals", "transfers"];

crate::dialect::migration!(up: UP, drop: TABLES);
