//! Uploads in parts, and subtitles of films and recordings.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // Null = all at once, by one PUT.
    "ALTER TABLE uploads ADD COLUMN part_size BIGINT",
    // The store's own name for an upload in parts; null until it was begun there.
    "ALTER TABLE uploads ADD COLUMN store_upload_id TEXT",
    // Subtitles of one film or recording in one language: which verified file they are in.
    "CREATE TABLE caption_tracks (
    id         UUID PRIMARY KEY,
    asset_id   UUID NOT NULL REFERENCES assets (id),
    file_id    UUID NOT NULL REFERENCES assets (id),
    language   TEXT NOT NULL,
    label      TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (asset_id, language),
    CHECK (asset_id <> file_id)
)",
    "CREATE INDEX caption_tracks_by_file ON caption_tracks (file_id)",
];

const DOWN: &[&str] = &[
    "DROP TABLE caption_tracks",
    "ALTER TABLE uploads DROP COLUMN store_upload_id",
    "ALTER TABLE uploads DROP COLUMN part_size",
];

crate::dialect::migration!(up: UP, down: DOWN);
