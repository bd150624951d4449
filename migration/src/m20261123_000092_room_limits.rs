//! What hosts have taken from somebody in a room of ours: their voice, or being there at all.

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
];

const TABLES: &[&str] = &["room_limits"];

crate::dialect::migration!(up: UP, drop: TABLES);
