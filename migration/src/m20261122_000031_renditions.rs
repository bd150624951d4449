//! What is made of films and recordings, and what permissions to play belong to.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // How far processing is, while a file is PROCESSING: 10,000 = done.
    "ALTER TABLE assets ADD COLUMN processing_basis_points INT CHECK (processing_basis_points BETWEEN 0 AND 10000)",
    // One of the files that were made of an original. A playlist names its segments without their address.
    "CREATE TABLE renditions (
    id              UUID PRIMARY KEY,
    asset_id        UUID NOT NULL REFERENCES assets (id),
    kind            TEXT NOT NULL CHECK (kind IN ('VIDEO', 'AUDIO', 'POSTER', 'STORYBOARD')),
    name            TEXT NOT NULL,
    width           INT,
    height          INT,
    bits_per_second BIGINT,
    codecs          TEXT,
    content_type    TEXT NOT NULL,
    object_key      TEXT NOT NULL,
    byte_size       BIGINT NOT NULL,
    duration_ms     BIGINT,
    playlist        TEXT,
    created_at      TIMESTAMPTZ NOT NULL,
    UNIQUE (object_key),
    UNIQUE (asset_id, kind, name),
    CHECK (byte_size > 0),
    CHECK (kind NOT IN ('VIDEO', 'AUDIO') OR (playlist IS NOT NULL AND codecs IS NOT NULL
        AND bits_per_second IS NOT NULL AND duration_ms IS NOT NULL))
)",
    // A permission belongs to the device that asked for it, ends when it is taken back, and may be to save a file.
    "ALTER TABLE playback_grants ADD COLUMN session_id UUID",
    "ALTER TABLE playback_grants ADD COLUMN purpose TEXT NOT NULL DEFAULT 'PLAY' CHECK (purpose IN ('PLAY', 'SAVE'))",
    "ALTER TABLE playback_grants ADD COLUMN ended_at TIMESTAMPTZ",
    "ALTER TABLE playback_grants ADD COLUMN ended_by TEXT CHECK (ended_by IN ('RIGHT', 'DEVICE'))",
];

const DOWN: &[&str] = &[
    "ALTER TABLE playback_grants DROP COLUMN ended_by",
    "ALTER TABLE playback_grants DROP COLUMN ended_at",
    "ALTER TABLE playback_grants DROP COLUMN purpose",
    "ALTER TABLE playback_grants DROP COLUMN session_id",
    "DROP TABLE renditions",
    "ALTER TABLE assets DROP COLUMN processing_basis_points",
];

crate::dialect::migration!(up: UP, down: DOWN);
