//! Who was there, and when: visits with a seat, who gave a seat away, and the report of both.

use crate::dialect::migration;

/// The table of exports with these kinds: neither database can change a check where it stands in both's words.
macro_rules! exports {
    ($kinds:literal) => {
        concat!(
            "CREATE TABLE report_exports_anew (
    id           UUID PRIMARY KEY,
    creator_id   UUID NOT NULL REFERENCES creators (id),
    requested_by UUID NOT NULL REFERENCES users (id),
    kind         TEXT NOT NULL CHECK (kind IN (",
            $kinds,
            ")),
    from_at      TIMESTAMPTZ NOT NULL,
    until_at     TIMESTAMPTZ NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED')),
    row_count    BIGINT,
    created_at   TIMESTAMPTZ NOT NULL,
    finished_at  TIMESTAMPTZ,
    expires_at   TIMESTAMPTZ,
    CHECK (from_at < until_at),
    CHECK ((state IN ('READY', 'EXPIRED')) = (row_count IS NOT NULL)),
    CHECK ((state IN ('READY', 'EXPIRED')) = (expires_at IS NOT NULL)),
    CHECK ((state IN ('QUEUED', 'RUNNING')) = (finished_at IS NULL))
)"
        )
    };
}

const WIDE: &str = exports!("'SALES', 'LEDGER', 'CUSTOMERS', 'AFFILIATES', 'ATTENDANCE'");
const NARROW: &str = exports!("'SALES', 'LEDGER', 'CUSTOMERS', 'AFFILIATES'");
const KEPT: &str = "INSERT INTO report_exports_anew
    SELECT id, creator_id, requested_by, kind, from_at, until_at, state, row_count, created_at, finished_at, expires_at
    FROM report_exports";
const GONE: &str = "DROP TABLE report_exports";
const NAMED: &str = "ALTER TABLE report_exports_anew RENAME TO report_exports";
const BY_CREATOR: &str = "CREATE INDEX report_exports_by_creator ON report_exports (creator_id)";
const BY_STATE: &str = "CREATE INDEX report_exports_by_state ON report_exports (state)";

migration! {
    up: &[
        WIDE,
        KEPT,
        GONE,
        NAMED,
        BY_CREATOR,
        BY_STATE,
        "ALTER TABLE seats ADD COLUMN given_by UUID",
        // The door of a link was opened, LiveKit saw somebody in a room of ours, or a host noted them. Only a room
        // knows when they went.
        "CREATE TABLE seat_visits (
    id       UUID PRIMARY KEY,
    seat_id  UUID NOT NULL REFERENCES seats (id),
    known_as TEXT NOT NULL,
    means    TEXT NOT NULL CHECK (means IN ('DOOR', 'ROOM', 'HOST')),
    came_at  TIMESTAMPTZ NOT NULL,
    left_at  TIMESTAMPTZ,
    UNIQUE (seat_id, known_as),
    CHECK (left_at IS NULL OR means = 'ROOM'),
    CHECK (left_at IS NULL OR left_at >= came_at)
)",
    ],
    down: &[
        "DROP TABLE seat_visits",
        "ALTER TABLE seats DROP COLUMN given_by",
        "DELETE FROM report_exports WHERE kind = 'ATTENDANCE'",
        NARROW,
        KEPT,
        GONE,
        NAMED,
        BY_CREATOR,
        BY_STATE,
    ]
}
