//! Refunds: who decided, which money went back, and what was taken back from whom.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A buyer's wish to have their money back, and what was decided.
    "CREATE TABLE refund_requests (
    id            UUID PRIMARY KEY,
    order_id      UUID NOT NULL REFERENCES orders (id),
    creator_id    UUID NOT NULL REFERENCES creators (id),
    buyer_id      UUID NOT NULL REFERENCES users (id),
    state         TEXT NOT NULL CHECK (state IN ('OPEN', 'APPROVED', 'DECLINED')),
    reason        TEXT NOT NULL,
    note          TEXT,
    decided_by    UUID REFERENCES users (id),
    decision_note TEXT,
    decided_at    TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (order_id),
    CHECK ((state = 'OPEN') = (decided_at IS NULL))
)",
    "CREATE INDEX refund_requests_by_creator_state ON refund_requests (creator_id, state)",
    // Money on its way back to a buyer.
    "CREATE TABLE refunds (
    id            UUID PRIMARY KEY,
    order_id      UUID NOT NULL REFERENCES orders (id),
    charge_id     TEXT NOT NULL,
    request_id    UUID REFERENCES refund_requests (id),
    state         TEXT NOT NULL CHECK (state IN ('INTENDED', 'PENDING', 'SUCCEEDED', 'FAILED')),
    currency      TEXT NOT NULL,
    amount_minor  BIGINT NOT NULL,
    reason        TEXT,
    stripe_id     TEXT,
    requested_by  UUID REFERENCES users (id),
    revoke_access BOOLEAN NOT NULL,
    failure       TEXT,
    booked_at     TIMESTAMPTZ,
    failed_at     TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (stripe_id),
    CHECK (amount_minor > 0),
    CHECK (state <> 'SUCCEEDED' OR booked_at IS NOT NULL),
    CHECK ((state = 'FAILED') = (failed_at IS NOT NULL))
)",
    "CREATE INDEX refunds_by_order ON refunds (order_id)",
    "CREATE INDEX refunds_by_state_created ON refunds (state, created_at)",
    // How much of a refund is for which line.
    "CREATE TABLE refund_lines (
    refund_id     UUID NOT NULL REFERENCES refunds (id),
    order_line_id UUID NOT NULL REFERENCES order_lines (id),
    amount_minor  BIGINT NOT NULL,
    PRIMARY KEY (refund_id, order_line_id),
    CHECK (amount_minor > 0)
)",
    "CREATE INDEX refund_lines_by_line ON refund_lines (order_line_id)",
    // What a refund or a dispute took back of a line: place 0 is the tax, 1 the fee, from 2 on the shares.
    "CREATE TABLE taken_parts (
    cause_id      UUID NOT NULL,
    order_line_id UUID NOT NULL REFERENCES order_lines (id),
    place         INT NOT NULL,
    amount_minor  BIGINT NOT NULL,
    undone_at     TIMESTAMPTZ,
    PRIMARY KEY (cause_id, order_line_id, place),
    CHECK (amount_minor > 0)
)",
    "CREATE INDEX taken_parts_by_line ON taken_parts (order_line_id)",
    // Which right to learn a refund or a dispute took away.
    "CREATE TABLE taken_rights (
    cause_id      UUID NOT NULL,
    enrollment_id UUID NOT NULL REFERENCES enrollments (id),
    taken_at      TIMESTAMPTZ NOT NULL,
    returned_at   TIMESTAMPTZ,
    PRIMARY KEY (cause_id, enrollment_id)
)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["taken_rights", "taken_parts", "refund_lines", "refunds", "refund_requests"];

crate::dialect::migration!(up: UP, drop: TABLES);
