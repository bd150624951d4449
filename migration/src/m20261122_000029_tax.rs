//! Tax that Stripe has worked out: of which sales, and what of it was taken back.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // The calculation an order was agreed to with, and Stripe's note of the sale once it was paid.
    "CREATE TABLE order_taxes (
    order_id       UUID PRIMARY KEY REFERENCES orders (id),
    country        TEXT NOT NULL,
    calculation_id TEXT NOT NULL,
    transaction_id TEXT,
    created_at     TIMESTAMPTZ NOT NULL,
    noted_at       TIMESTAMPTZ,
    UNIQUE (transaction_id)
)",
    // A refund's part of it, under the refund's own key.
    "CREATE TABLE tax_reversals (
    id             UUID PRIMARY KEY,
    order_id       UUID NOT NULL REFERENCES orders (id),
    amount_minor   BIGINT NOT NULL,
    tax_minor      BIGINT NOT NULL,
    transaction_id TEXT,
    created_at     TIMESTAMPTZ NOT NULL,
    noted_at       TIMESTAMPTZ,
    UNIQUE (transaction_id),
    CHECK (amount_minor > 0),
    CHECK (tax_minor >= 0 AND tax_minor <= amount_minor)
)",
    "CREATE INDEX tax_reversals_by_order ON tax_reversals (order_id)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["tax_reversals", "order_taxes"];

crate::dialect::migration!(up: UP, drop: TABLES);
