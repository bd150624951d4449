//! People who recommend a creator's courses and get a part of what they bring.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // What a creator offers to whoever recommends them.
    "CREATE TABLE affiliate_programs (
    creator_id              UUID PRIMARY KEY REFERENCES creators (id),
    is_open                 BOOLEAN NOT NULL,
    commission_basis_points INT NOT NULL,
    attribution_days        INT NOT NULL,
    model                   TEXT NOT NULL CHECK (model IN ('FIRST_TOUCH', 'LAST_TOUCH')),
    terms_markdown          TEXT NOT NULL,
    created_at              TIMESTAMPTZ NOT NULL,
    updated_at              TIMESTAMPTZ NOT NULL,
    CHECK (commission_basis_points >= 1 AND commission_basis_points <= 9000),
    CHECK (attribution_days >= 1 AND attribution_days <= 365)
)",
    // Somebody who recommends a creator; their own profile is who gets paid.
    "CREATE TABLE affiliates (
    id                      UUID PRIMARY KEY,
    creator_id              UUID NOT NULL REFERENCES creators (id),
    user_id                 UUID NOT NULL REFERENCES users (id),
    payee_creator_id        UUID NOT NULL REFERENCES creators (id),
    state                   TEXT NOT NULL CHECK (state IN ('PENDING', 'APPROVED', 'DECLINED', 'SUSPENDED')),
    pitch                   TEXT NOT NULL,
    commission_basis_points INT NOT NULL,
    applied_at              TIMESTAMPTZ NOT NULL,
    approved_at             TIMESTAMPTZ,
    decided_at              TIMESTAMPTZ,
    UNIQUE (creator_id, user_id),
    CHECK (state NOT IN ('APPROVED','SUSPENDED') OR approved_at IS NOT NULL),
    CHECK (payee_creator_id <> creator_id)
)",
    "CREATE INDEX affiliates_by_user ON affiliates (user_id)",
    "CREATE INDEX affiliates_by_payee_creator ON affiliates (payee_creator_id)",
    // A link to pass on. Clicks are counted; who clicked is not kept.
    "CREATE TABLE affiliate_links (
    id           UUID PRIMARY KEY,
    affiliate_id UUID NOT NULL REFERENCES affiliates (id),
    offering_id  UUID REFERENCES offerings (id),
    campaign     TEXT,
    token        TEXT NOT NULL,
    click_count  INT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    disabled_at  TIMESTAMPTZ,
    UNIQUE (token)
)",
    "CREATE INDEX affiliate_links_by_affiliate ON affiliate_links (affiliate_id)",
    // Which share of a sold line is an affiliate's, by which link. The amount is the share's.
    "CREATE TABLE commissions (
    id            UUID PRIMARY KEY,
    order_line_id UUID NOT NULL REFERENCES order_lines (id),
    position      INT NOT NULL,
    affiliate_id  UUID NOT NULL REFERENCES affiliates (id),
    link_id       UUID NOT NULL REFERENCES affiliate_links (id),
    created_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (order_line_id)
)",
    "CREATE INDEX commissions_by_affiliate ON commissions (affiliate_id)",
    "CREATE INDEX commissions_by_link ON commissions (link_id)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["commissions", "affiliate_links", "affiliates", "affiliate_programs"];

crate::dialect::migration!(up: UP, drop: TABLES);
