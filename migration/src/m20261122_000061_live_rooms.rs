//! Rooms of our own for workshops' dates, and what LiveKit has told of them.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // The name under which LiveKit knows a date's room: random, and the same as long as there is the date.
    "CREATE TABLE live_rooms (
    session_id UUID PRIMARY KEY REFERENCES workshop_sessions (id),
    room       TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (length(room) >= 22)
)",
    // LiveKit's events, each once. Their signatures last for minutes, so they are soon forgotten.
    "CREATE TABLE livekit_events (
    id          TEXT PRIMARY KEY,
    event       TEXT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL
)",
    "CREATE INDEX livekit_events_by_received ON livekit_events (received_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["livekit_events", "live_rooms"];

crate::dialect::migration!(up: UP, drop: TABLES);
