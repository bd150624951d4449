//! What hosts do in rooms of ours: they take somebody's voice, or being there at all; they have a date recorded.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // Of a person, not of a seat: who gives a seat back and takes another is the same person.
    "CREATE TABLE room_limits (
    session_id UUID NOT NULL REFERENCES live_rooms (session_id),
    user_id    UUID NOT NULL REFERENCES users (id),
    muted_at   TIMESTAMPTZ,
    muted_by   UUID REFERENCES users (id),
    removed_at TIMESTAMPTZ,
    removed_by UUID REFERENCES users (id),
    PRIMARY KEY (session_id, user_id),
    CHECK ((muted_at IS NULL) = (muted_by IS NULL)),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
)",
    // Whether a host wants this date recorded: nobody is who has not been told beforehand.
    "ALTER TABLE workshop_sessions ADD COLUMN recorded BOOLEAN NOT NULL DEFAULT FALSE",
    // Since when somebody may be inside: who was let in then was told what stood then.
    "ALTER TABLE live_rooms ADD COLUMN entered_at TIMESTAMPTZ",
    // A recording that was asked of LiveKit: written before it is asked, so that it is asked for once. It is over
    // (`ended_at`) when LiveKit says so; its film is a file of the studio then. `settled_at`: nothing more comes of it.
    "CREATE TABLE session_recordings (
    film_key   TEXT PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES live_rooms (session_id),
    egress_id  TEXT UNIQUE,
    asked_at   TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ,
    has_film   BOOLEAN NOT NULL DEFAULT FALSE,
    asset_id   UUID REFERENCES assets (id),
    settled_at TIMESTAMPTZ,
    CHECK (has_film OR asset_id IS NULL),
    CHECK (ended_at IS NOT NULL OR (NOT has_film AND settled_at IS NULL))
)",
    "CREATE UNIQUE INDEX session_recordings_one_at_a_time ON session_recordings (session_id) WHERE ended_at IS NULL",
    "CREATE INDEX session_recordings_unsettled ON session_recordings (session_id) WHERE settled_at IS NULL",
];

const DOWN: &[&str] = &[
    "DROP TABLE session_recordings",
    "ALTER TABLE live_rooms DROP COLUMN entered_at",
    "ALTER TABLE workshop_sessions DROP COLUMN recorded",
    "DROP TABLE room_limits",
];

crate::dialect::migration!(up: UP, down: DOWN);
