//! Codes that take something off, and their use.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A code of one creator, what it takes off, and how often, when and for whom.
    "CREATE TABLE coupons (
    id                       UUID PRIMARY KEY,
    creator_id               UUID NOT NULL REFERENCES creators (id),
    code                     TEXT NOT NULL,
    code_folded              TEXT NOT NULL,
    percent_off_basis_points INT,
    amount_off_minor         BIGINT,
    currency                 TEXT,
    max_redemptions          INT,
    per_customer_limit       INT,
    redemption_count         INT NOT NULL,
    starts_at                TIMESTAMPTZ,
    ends_at                  TIMESTAMPTZ,
    disabled_at              TIMESTAMPTZ,
    created_at               TIMESTAMPTZ NOT NULL,
    updated_at               TIMESTAMPTZ NOT NULL,
    UNIQUE (creator_id, code_folded),
    CHECK ((percent_off_basis_points IS NULL) <> (amount_off_minor IS NULL)),
    CHECK ((currency IS NULL) = (amount_off_minor IS NULL)),
    CHECK (percent_off_basis_points BETWEEN 1 AND 10000),
    CHECK (amount_off_minor > 0),
    CHECK (max_redemptions > 0),
    CHECK (per_customer_limit > 0),
    CHECK (redemption_count >= 0)
)",
    "CREATE INDEX coupons_by_creator_id ON coupons (creator_id, id)",
    // What a coupon is for; none = everything of its creator.
    "CREATE TABLE coupon_offerings (
    coupon_id   UUID NOT NULL REFERENCES coupons (id),
    offering_id UUID NOT NULL REFERENCES offerings (id),
    PRIMARY KEY (coupon_id, offering_id)
)",
    // The use of a coupon in one order.
    "CREATE TABLE coupon_redemptions (
    order_id     UUID PRIMARY KEY REFERENCES orders (id),
    coupon_id    UUID NOT NULL REFERENCES coupons (id),
    user_id      UUID REFERENCES users (id),
    email_folded TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency     TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('TAKEN', 'COUNTED', 'RELEASED')),
    is_late      BOOLEAN NOT NULL,
    taken_at     TIMESTAMPTZ NOT NULL,
    counted_at   TIMESTAMPTZ,
    released_at  TIMESTAMPTZ,
    CHECK (amount_minor > 0)
)",
    "CREATE INDEX coupon_redemptions_by_coupon_email ON coupon_redemptions (coupon_id, email_folded)",
    "CREATE INDEX coupon_redemptions_by_coupon_user ON coupon_redemptions (coupon_id, user_id)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["coupon_redemptions", "coupon_offerings", "coupons"];

crate::dialect::migration!(up: UP, drop: TABLES);
