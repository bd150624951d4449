//! Thanking who was there, once a session is over.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    "ALTER TABLE workshop_sessions ADD COLUMN thanked_at TIMESTAMPTZ",
    // Looked for every few minutes, among all sessions there ever were.
    "CREATE INDEX workshop_sessions_unthanked_idx ON workshop_sessions (ends_at)
     WHERE thanked_at IS NULL AND cancelled_at IS NULL",
    // Whether a seat was ever offered to somebody who waited.
    "CREATE INDEX waitlist_entries_seat_idx ON waitlist_entries (seat_id)",
];

const DOWN: &[&str] = &[
    "DROP INDEX waitlist_entries_seat_idx",
    "DROP INDEX workshop_sessions_unthanked_idx",
    "ALTER TABLE workshop_sessions DROP COLUMN thanked_at",
];

crate::dialect::migration!(up: UP, down: DOWN);
