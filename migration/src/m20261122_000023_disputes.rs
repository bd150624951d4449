//! Disputes: what buyers' banks take back, and their early warnings.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A buyer's bank asks for the money of a payment back. The evidence is frozen when it is first sent.
    "CREATE TABLE disputes (
    id               UUID PRIMARY KEY,
    stripe_id        TEXT NOT NULL,
    order_id         UUID NOT NULL REFERENCES orders (id),
    charge_id        TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('INQUIRY', 'INQUIRY_CLOSED', 'NEEDS_RESPONSE', 'UNDER_REVIEW', 'WON', 'LOST')),
    reason           TEXT NOT NULL,
    currency         TEXT NOT NULL,
    amount_minor     BIGINT NOT NULL,
    withdrawn_minor  BIGINT NOT NULL,
    taken_minor      BIGINT NOT NULL,
    fee_minor        BIGINT NOT NULL,
    is_refundable    BOOLEAN NOT NULL,
    evidence         JSONB,
    evidence_due_at  TIMESTAMPTZ,
    evidence_sent_at TIMESTAMPTZ,
    opened_at        TIMESTAMPTZ,
    closed_at        TIMESTAMPTZ,
    created_at       TIMESTAMPTZ NOT NULL,
    UNIQUE (stripe_id),
    CHECK (withdrawn_minor >= 0 AND taken_minor >= 0 AND taken_minor <= withdrawn_minor),
    CHECK ((opened_at IS NULL) = (withdrawn_minor = 0))
)",
    "CREATE INDEX disputes_by_order ON disputes (order_id)",
    "CREATE INDEX disputes_by_state ON disputes (state)",
    // The buyer's bank suspects a payment; nothing has moved.
    "CREATE TABLE fraud_warnings (
    id         UUID PRIMARY KEY,
    stripe_id  TEXT NOT NULL,
    order_id   UUID NOT NULL REFERENCES orders (id),
    charge_id  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (stripe_id)
)",
    "CREATE INDEX fraud_warnings_by_order ON fraud_warnings (order_id)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["fraud_warnings", "disputes"];

crate::dialect::migration!(up: UP, drop: TABLES);
