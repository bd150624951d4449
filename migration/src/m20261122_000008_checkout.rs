//! Quotes, orders and checkouts.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // What somebody agreed to buy, at what price, from whom.
    "CREATE TABLE orders (
    id             UUID PRIMARY KEY,
    number         TEXT NOT NULL,
    creator_id     UUID NOT NULL REFERENCES creators (id),
    buyer_id       UUID REFERENCES users (id),
    buyer_email    TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('PENDING', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED', 'VOID')),
    currency       TEXT NOT NULL,
    subtotal_minor BIGINT NOT NULL,
    discount_minor BIGINT NOT NULL,
    tax_minor      BIGINT NOT NULL,
    total_minor    BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    placed_at      TIMESTAMPTZ NOT NULL,
    paid_at        TIMESTAMPTZ,
    voided_at      TIMESTAMPTZ,
    UNIQUE (number),
    CHECK (total_minor >= 0),
    CHECK (total_minor = subtotal_minor - discount_minor),
    CHECK (refunded_minor >= 0 AND refunded_minor <= total_minor),
    CHECK (status NOT IN ('PAID','PARTIALLY_REFUNDED','REFUNDED','DISPUTED') OR paid_at IS NOT NULL)
)",
    "CREATE INDEX orders_by_buyer_placed ON orders (buyer_id, placed_at)",
    "CREATE INDEX orders_by_creator_placed ON orders (creator_id, placed_at)",
    // One bought thing, as it was when it was bought.
    "CREATE TABLE order_lines (
    id                UUID PRIMARY KEY,
    order_id          UUID NOT NULL REFERENCES orders (id),
    position          INT NOT NULL,
    offering_id       UUID NOT NULL REFERENCES offerings (id),
    price_id          UUID NOT NULL REFERENCES prices (id),
    title_at_purchase TEXT NOT NULL,
    amount_minor      BIGINT NOT NULL,
    discount_minor    BIGINT NOT NULL,
    tax_minor         BIGINT NOT NULL,
    fee_minor         BIGINT NOT NULL,
    UNIQUE (order_id, position),
    CHECK (amount_minor >= 0),
    CHECK (fee_minor >= 0 AND fee_minor <= amount_minor)
)",
    "CREATE INDEX order_lines_by_offering ON order_lines (offering_id)",
    // Who gets which part of a line, frozen at purchase.
    "CREATE TABLE order_shares (
    order_line_id    UUID NOT NULL REFERENCES order_lines (id),
    position         INT NOT NULL,
    payee_creator_id UUID NOT NULL REFERENCES creators (id),
    basis_points     INT NOT NULL,
    amount_minor     BIGINT NOT NULL,
    PRIMARY KEY (order_line_id, position),
    CHECK (amount_minor >= 0)
)",
    "CREATE INDEX order_shares_by_payee_creator ON order_shares (payee_creator_id)",
    // One attempt to pay for one order.
    "CREATE TABLE checkouts (
    id                UUID PRIMARY KEY,
    order_id          UUID NOT NULL REFERENCES orders (id),
    user_id           UUID REFERENCES users (id),
    secret_hash       TEXT,
    status            TEXT NOT NULL CHECK (status IN ('OPEN', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'EXPIRED', 'CANCELLED')),
    purchase_option   TEXT NOT NULL CHECK (purchase_option IN ('HOSTED_PAGE', 'PAYMENT_SHEET', 'FREE')),
    quote             JSONB NOT NULL,
    return_url        TEXT NOT NULL,
    cancel_url        TEXT,
    stripe_session_id TEXT,
    redirect_url      TEXT,
    failure_code      TEXT,
    expires_at        TIMESTAMPTZ NOT NULL,
    finished_at       TIMESTAMPTZ,
    created_at        TIMESTAMPTZ NOT NULL,
    UNIQUE (stripe_session_id)
)",
    "CREATE INDEX checkouts_by_order ON checkouts (order_id)",
    "CREATE INDEX checkouts_by_status_expires ON checkouts (status, expires_at)",
    "CREATE INDEX checkouts_by_user_created ON checkouts (user_id, created_at)",
    // What a buyer agreed to, word for word by version.
    "CREATE TABLE consents (
    id         UUID PRIMARY KEY,
    order_id   UUID NOT NULL REFERENCES orders (id),
    kind       TEXT NOT NULL CHECK (kind IN ('TERMS', 'IMMEDIATE_ACCESS', 'RECORDING', 'MARKETING', 'ANALYTICS')),
    version    TEXT NOT NULL,
    accepted   BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (order_id, kind)
)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["consents", "checkouts", "order_shares", "order_lines", "orders"];

crate::dialect::migration!(up: UP, drop: TABLES);
