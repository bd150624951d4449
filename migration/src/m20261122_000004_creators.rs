//! Creators, their teams, their storefronts, their followers.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // What creators teach; a closed list.
    "CREATE TABLE niches (
    id   UUID PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (slug)
)",
    // A public teaching identity.
    "CREATE TABLE creators (
    id              UUID PRIMARY KEY,
    handle          TEXT NOT NULL,
    display_name    TEXT NOT NULL,
    headline        TEXT,
    bio_markdown    TEXT NOT NULL,
    avatar_asset_id UUID,
    cover_asset_id  UUID,
    country         TEXT NOT NULL,
    time_zone       TEXT NOT NULL,
    currency        TEXT NOT NULL,
    languages       JSONB NOT NULL,
    is_verified     BOOLEAN NOT NULL,
    follower_count  INT NOT NULL,
    rating_sum      BIGINT NOT NULL,
    rating_count    INT NOT NULL,
    rating_milli    INT NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    UNIQUE (handle),
    CHECK (follower_count >= 0)
)",
    "CREATE INDEX creators_by_follower_count_id ON creators (follower_count, id)",
    "CREATE INDEX creators_by_created_id ON creators (created_at, id)",
    "CREATE INDEX creators_by_rating_milli_id ON creators (rating_milli, id)",
    // How a creator's page looks and whether it is open.
    "CREATE TABLE storefronts (
    creator_id       UUID PRIMARY KEY REFERENCES creators (id),
    version          INT NOT NULL,
    is_published     BOOLEAN NOT NULL,
    theme_preset     TEXT NOT NULL,
    color_primary    TEXT NOT NULL,
    color_background TEXT NOT NULL,
    font_family      TEXT NOT NULL,
    corner_radius    INT NOT NULL,
    sections         JSONB NOT NULL,
    updated_at       TIMESTAMPTZ NOT NULL
)",
    // A link on a creator's profile.
    "CREATE TABLE creator_links (
    id         UUID PRIMARY KEY,
    creator_id UUID NOT NULL REFERENCES creators (id),
    position   INT NOT NULL,
    label      TEXT NOT NULL,
    url        TEXT NOT NULL,
    icon       TEXT,
    UNIQUE (creator_id, position)
)",
    // Which niches a creator is listed under.
    "CREATE TABLE creator_niches (
    creator_id UUID NOT NULL REFERENCES creators (id),
    niche_id   UUID NOT NULL REFERENCES niches (id),
    PRIMARY KEY (creator_id, niche_id)
)",
    "CREATE INDEX creator_niches_by_niche_creator ON creator_niches (niche_id, creator_id)",
    // Who works in a studio, and as what.
    "CREATE TABLE team_members (
    id         UUID PRIMARY KEY,
    creator_id UUID NOT NULL REFERENCES creators (id),
    user_id    UUID NOT NULL REFERENCES users (id),
    role       TEXT NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'EDITOR', 'HOST', 'SUPPORT', 'FINANCE', 'ANALYST')),
    joined_at  TIMESTAMPTZ NOT NULL,
    UNIQUE (creator_id, user_id)
)",
    "CREATE INDEX team_members_by_user ON team_members (user_id)",
    // Who follows whom.
    "CREATE TABLE follows (
    user_id    UUID NOT NULL REFERENCES users (id),
    creator_id UUID NOT NULL REFERENCES creators (id),
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, creator_id)
)",
    "CREATE INDEX follows_by_creator_created ON follows (creator_id, created_at)",
    "CREATE INDEX follows_by_user_created ON follows (user_id, created_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] =
    &["follows", "team_members", "creator_niches", "creator_links", "storefronts", "creators", "niches"];

crate::dialect::migration!(up: UP, drop: TABLES);
