//! Recordings of workshops' dates, for who was there or had a seat.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // The recording of one date. `told_as` is the policy under which its holders have heard of it: under another one
    // there may be others to tell.
    "CREATE TABLE session_replays (
    session_id UUID PRIMARY KEY REFERENCES workshop_sessions (id),
    asset_id   UUID NOT NULL REFERENCES assets (id),
    since      TIMESTAMPTZ NOT NULL,
    told_as    TEXT CHECK (told_as IN ('NONE', 'ATTENDEES', 'DAYS_30', 'FOREVER')),
    updated_at TIMESTAMPTZ NOT NULL
)",
    "CREATE INDEX session_replays_by_asset ON session_replays (asset_id)",
    // A permission to play names what it was given for: a lesson, a date's recording, or neither.
    "ALTER TABLE playback_grants ADD COLUMN replay_session_id UUID",
];

const DOWN: &[&str] =
    &["ALTER TABLE playback_grants DROP COLUMN replay_session_id", "DROP TABLE session_replays"];

crate::dialect::migration!(up: UP, down: DOWN);
