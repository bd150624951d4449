//! Accounts, sessions and the codes that prove an address.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // An account: one person, one e-mail address.
    "CREATE TABLE users (
    id                UUID PRIMARY KEY,
    email             TEXT NOT NULL,
    email_folded      TEXT NOT NULL,
    display_name      TEXT NOT NULL,
    password_hash     TEXT,
    email_verified_at TIMESTAMPTZ,
    language          TEXT NOT NULL,
    time_zone         TEXT NOT NULL,
    avatar_asset_id   UUID,
    marketing_opt_in  BOOLEAN NOT NULL,
    terms_version     TEXT NOT NULL,
    suspended_at      TIMESTAMPTZ,
    created_at        TIMESTAMPTZ NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL,
    UNIQUE (email_folded)
)",
    // A six-digit code and a link token sent to an address; either proves it once.
    "CREATE TABLE email_proofs (
    id         UUID PRIMARY KEY,
    user_id    UUID NOT NULL REFERENCES users (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('VERIFY', 'RESET')),
    code_hash  TEXT,
    token_hash TEXT NOT NULL,
    attempts   INT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (token_hash)
)",
    "CREATE INDEX email_proofs_by_user_purpose_created ON email_proofs (user_id, purpose, created_at)",
    // One signed-in device; access and refresh tokens hang on it.
    "CREATE TABLE sessions (
    id           UUID PRIMARY KEY,
    user_id      UUID NOT NULL REFERENCES users (id),
    platform     TEXT NOT NULL CHECK (platform IN ('WEB', 'IOS', 'ANDROID')),
    device_name  TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    revoked_at   TIMESTAMPTZ
)",
    "CREATE INDEX sessions_by_user_created ON sessions (user_id, created_at)",
    // Each refresh token ever issued; one use each, a second use ends the session.
    "CREATE TABLE refresh_tokens (
    id         UUID PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions (id),
    token_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ,
    UNIQUE (token_hash)
)",
    "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id)",
    // Rate limits that hold across instances and restarts: one row a key (GCRA).
    "CREATE TABLE throttles (
    key            TEXT PRIMARY KEY,
    arrival_micros BIGINT NOT NULL
)",
    "CREATE INDEX throttles_by_arrival_micros ON throttles (arrival_micros)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["throttles", "refresh_tokens", "sessions", "email_proofs", "users"];

crate::dialect::migration!(up: UP, drop: TABLES);
