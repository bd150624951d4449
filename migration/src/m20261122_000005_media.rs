//! Files: promised, uploaded, verified, played.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A file, from promise to proof.
    "CREATE TABLE assets (
    id               UUID PRIMARY KEY,
    creator_id       UUID REFERENCES creators (id),
    uploader_id      UUID NOT NULL REFERENCES users (id),
    purpose          TEXT NOT NULL CHECK (purpose IN ('LESSON_MEDIA', 'COVER', 'TRAILER', 'ATTACHMENT', 'CAPTIONS', 'AVATAR', 'CHECK_IN', 'EVIDENCE', 'SIGNATURE')),
    kind             TEXT NOT NULL CHECK (kind IN ('IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'ARCHIVE', 'CAPTIONS')),
    state            TEXT NOT NULL CHECK (state IN ('AWAITING_UPLOAD', 'UPLOADED', 'SCANNING', 'PROCESSING', 'READY', 'FAILED', 'QUARANTINED', 'EXPIRED')),
    failure          TEXT CHECK (failure IN ('UNSUPPORTED', 'CORRUPT', 'TOO_LONG', 'MALWARE', 'TIMEOUT')),
    filename         TEXT NOT NULL,
    content_type     TEXT NOT NULL,
    byte_size        BIGINT NOT NULL,
    sha256           TEXT,
    object_key       TEXT,
    width            INT,
    height           INT,
    duration_seconds INT,
    alt_text         TEXT NOT NULL,
    title            TEXT,
    created_at       TIMESTAMPTZ NOT NULL,
    ready_at         TIMESTAMPTZ,
    deleted_at       TIMESTAMPTZ,
    CHECK (byte_size >= 0),
    CHECK (state <> 'READY' OR object_key IS NOT NULL)
)",
    "CREATE INDEX assets_by_creator_created ON assets (creator_id, created_at)",
    "CREATE INDEX assets_by_uploader_created ON assets (uploader_id, created_at)",
    // The way an asset's bytes come in.
    "CREATE TABLE uploads (
    id              UUID PRIMARY KEY,
    asset_id        UUID NOT NULL REFERENCES assets (id),
    uploader_id     UUID NOT NULL REFERENCES users (id),
    upload_key      TEXT NOT NULL,
    idempotency_key UUID,
    expires_at      TIMESTAMPTZ NOT NULL,
    completed_at    TIMESTAMPTZ,
    aborted_at      TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    UNIQUE (asset_id),
    UNIQUE (uploader_id, idempotency_key)
)",
    "CREATE INDEX uploads_by_expires ON uploads (expires_at)",
    // A short permission to play one asset, given to one viewer.
    "CREATE TABLE playback_grants (
    id         UUID PRIMARY KEY,
    user_id    UUID,
    asset_id   UUID NOT NULL REFERENCES assets (id),
    lesson_id  UUID,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
)",
    "CREATE INDEX playback_grants_by_user_created ON playback_grants (user_id, created_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["playback_grants", "uploads", "assets"];

crate::dialect::migration!(up: UP, drop: TABLES);
