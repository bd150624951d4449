//! Waiting for several seats, and what is offered beside one's own.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // How many seats somebody waits for, their own among them.
    "ALTER TABLE waitlist_entries ADD COLUMN seats INT NOT NULL DEFAULT 1 CHECK (seats BETWEEN 1 AND 6)",
    // Kept beside the own seat of who waits, for whom they bring: the entry it was offered to. Nobody's until it is ordered.
    "ALTER TABLE seats ADD COLUMN offered_to UUID",
    "CREATE INDEX seats_by_offer ON seats (offered_to) WHERE offered_to IS NOT NULL",
];

const DOWN: &[&str] = &[
    "DROP INDEX seats_by_offer",
    "ALTER TABLE seats DROP COLUMN offered_to",
    "ALTER TABLE waitlist_entries DROP COLUMN seats",
];

crate::dialect::migration!(up: UP, down: DOWN);
