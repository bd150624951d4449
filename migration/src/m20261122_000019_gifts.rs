//! Gifts: which bought things are for somebody else, the code that turns one into a right, and who has used it.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // To which address the thing is given, as the buyer wrote it; none = the buyer has it.
    "ALTER TABLE order_lines ADD COLUMN gift_recipient TEXT",
    // A paid line that is for somebody else. Its order's row is its lock.
    "CREATE TABLE gifts (
    id            UUID PRIMARY KEY,
    order_line_id UUID NOT NULL REFERENCES order_lines (id),
    code_hash     TEXT NOT NULL,
    redeemed_by   UUID REFERENCES users (id),
    redeemed_at   TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (order_line_id),
    UNIQUE (code_hash),
    CHECK ((redeemed_by IS NULL) = (redeemed_at IS NULL))
)",
    // A refund or a dispute that took a gift before anybody had redeemed it.
    "CREATE TABLE gift_voids (
    cause_id  UUID NOT NULL,
    gift_id   UUID NOT NULL REFERENCES gifts (id),
    voided_at TIMESTAMPTZ NOT NULL,
    lifted_at TIMESTAMPTZ,
    PRIMARY KEY (cause_id, gift_id)
)",
    "CREATE INDEX gift_voids_by_gift ON gift_voids (gift_id)",
];

const DOWN: &[&str] =
    &["DROP TABLE gift_voids", "DROP TABLE gifts", "ALTER TABLE order_lines DROP COLUMN gift_recipient"];

crate::dialect::migration!(up: UP, down: DOWN);
