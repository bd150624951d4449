//! Workshops: what they have beyond other offerings.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A venue is there as a whole or not at all; only its address line may be missing.
    "CREATE TABLE workshops (
    offering_id                  UUID PRIMARY KEY REFERENCES offerings (id),
    format                       TEXT NOT NULL CHECK (format IN ('ONLINE', 'IN_PERSON', 'HYBRID')),
    venue_name                   TEXT,
    venue_address_line           TEXT,
    venue_city                   TEXT,
    venue_country                TEXT,
    venue_hide_address           BOOLEAN NOT NULL,
    materials_markdown           TEXT NOT NULL,
    cancellation_policy_markdown TEXT NOT NULL,
    replay_policy                TEXT NOT NULL CHECK (replay_policy IN ('NONE', 'ATTENDEES', 'DAYS_30', 'FOREVER')),
    CHECK ((venue_name IS NULL) = (venue_city IS NULL)),
    CHECK ((venue_name IS NULL) = (venue_country IS NULL)),
    CHECK (venue_name IS NOT NULL OR venue_address_line IS NULL),
    CHECK (length(venue_country) = 2)
)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["workshops"];

crate::dialect::migration!(up: UP, drop: TABLES);
