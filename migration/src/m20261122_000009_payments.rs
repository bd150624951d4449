//! Money that arrived, Stripe's messages, and the ledger.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // Money Stripe says arrived for an order.
    "CREATE TABLE payments (
    id                     UUID PRIMARY KEY,
    order_id               UUID NOT NULL REFERENCES orders (id),
    intent_id              TEXT NOT NULL,
    charge_id              TEXT NOT NULL,
    state                  TEXT NOT NULL CHECK (state IN ('PROCESSING', 'SETTLED', 'FAILED', 'UNEXPECTED')),
    currency               TEXT NOT NULL,
    amount_minor           BIGINT NOT NULL,
    fee_minor              BIGINT,
    balance_transaction_id TEXT,
    created_at             TIMESTAMPTZ NOT NULL,
    settled_at             TIMESTAMPTZ,
    UNIQUE (charge_id),
    UNIQUE (intent_id),
    CHECK (amount_minor >= 0)
)",
    "CREATE INDEX payments_by_order ON payments (order_id)",
    // A call to Stripe: intended, committed, made, answered.
    "CREATE TABLE outgoing_calls (
    id              UUID PRIMARY KEY,
    kind            TEXT NOT NULL,
    subject_id      UUID NOT NULL,
    attempt         INT NOT NULL,
    idempotency_key TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('INTENDED', 'ANSWERED', 'REFUSED')),
    response_ref    TEXT,
    error           TEXT,
    created_at      TIMESTAMPTZ NOT NULL,
    answered_at     TIMESTAMPTZ,
    UNIQUE (idempotency_key),
    UNIQUE (kind, subject_id, attempt)
)",
    "CREATE INDEX outgoing_calls_by_state_created ON outgoing_calls (state, created_at)",
    // The inbox: each event Stripe sent, once.
    "CREATE TABLE stripe_events (
    id          UUID PRIMARY KEY,
    stripe_id   TEXT NOT NULL,
    endpoint    TEXT NOT NULL CHECK (endpoint IN ('PLATFORM', 'CONNECT')),
    kind        TEXT NOT NULL,
    account     TEXT,
    livemode    BOOLEAN NOT NULL,
    api_version TEXT,
    object_id   TEXT,
    payload     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('RECEIVED', 'HANDLED', 'IGNORED', 'PARKED')),
    note        TEXT,
    attempts    INT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    handled_at  TIMESTAMPTZ,
    UNIQUE (stripe_id)
)",
    "CREATE INDEX stripe_events_by_state_received ON stripe_events (state, received_at)",
    "CREATE INDEX stripe_events_by_object ON stripe_events (object_id)",
    // Whom Stripe knows one of our users as.
    "CREATE TABLE stripe_customers (
    user_id     UUID PRIMARY KEY REFERENCES users (id),
    customer_id TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    UNIQUE (customer_id)
)",
    // One movement of money; its postings sum to zero. Never changed.
    "CREATE TABLE journals (
    id          UUID PRIMARY KEY,
    kind        TEXT NOT NULL,
    external_id TEXT NOT NULL,
    order_id    UUID REFERENCES orders (id),
    reverses_id UUID REFERENCES journals (id),
    occurred_at TIMESTAMPTZ NOT NULL,
    booked_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (kind, external_id)
)",
    "CREATE INDEX journals_by_order ON journals (order_id)",
    // One side of a journal: plus is debit, minus is credit. Never changed.
    "CREATE TABLE postings (
    id               UUID PRIMARY KEY,
    journal_id       UUID NOT NULL REFERENCES journals (id),
    position         INT NOT NULL,
    account          TEXT NOT NULL CHECK (account IN ('STRIPE', 'BANK', 'TAX', 'FEE', 'STRIPE_FEE', 'DISPUTE_FEE', 'DISPUTE_OPEN', 'LOSS', 'HELD', 'DUE', 'FROZEN')),
    payee_creator_id UUID REFERENCES creators (id),
    currency         TEXT NOT NULL,
    amount_minor     BIGINT NOT NULL,
    UNIQUE (journal_id, position),
    CHECK (amount_minor <> 0),
    CHECK ((account IN ('HELD','DUE','FROZEN')) = (payee_creator_id IS NOT NULL))
)",
    "CREATE INDEX postings_by_payee_creator_account_currency ON postings (payee_creator_id, account, currency)",
    // Something about money that a person must look at.
    "CREATE TABLE cases (
    id        UUID PRIMARY KEY,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    detail    JSONB NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    UNIQUE (kind, subject)
)",
    "CREATE INDEX cases_by_closed ON cases (closed_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] =
    &["cases", "postings", "journals", "stripe_customers", "stripe_events", "outgoing_calls", "payments"];

crate::dialect::migration!(up: UP, drop: TABLES);
