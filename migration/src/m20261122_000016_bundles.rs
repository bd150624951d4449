//! Several offerings sold together.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // What a bundle holds now, in order.
    "CREATE TABLE bundle_items (
    bundle_id UUID NOT NULL REFERENCES offerings (id),
    item_id   UUID NOT NULL REFERENCES offerings (id),
    position  INT NOT NULL,
    PRIMARY KEY (bundle_id, item_id),
    CHECK (bundle_id <> item_id)
)",
    "CREATE INDEX bundle_items_by_item ON bundle_items (item_id)",
    // What a bought bundle consisted of, and what of its price fell on each part; frozen at purchase.
    "CREATE TABLE order_line_parts (
    order_line_id     UUID NOT NULL REFERENCES order_lines (id),
    position          INT NOT NULL,
    offering_id       UUID NOT NULL REFERENCES offerings (id),
    title_at_purchase TEXT NOT NULL,
    amount_minor      BIGINT NOT NULL,
    PRIMARY KEY (order_line_id, position),
    UNIQUE (order_line_id, offering_id),
    CHECK (amount_minor >= 0)
)",
    "CREATE INDEX order_line_parts_by_offering ON order_line_parts (offering_id)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["order_line_parts", "bundle_items"];

crate::dialect::migration!(up: UP, drop: TABLES);
