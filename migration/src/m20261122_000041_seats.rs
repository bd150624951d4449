//! Dates of workshops, and who has which place at them.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // One date of a workshop. Wall time and zone are what was meant; the instants follow from them. Its row is the lock
    // of its places: `taken` counts them, and the check is the last word against selling one too many.
    "CREATE TABLE workshop_sessions (
    id                   UUID PRIMARY KEY,
    workshop_id          UUID NOT NULL REFERENCES offerings (id),
    creator_id           UUID NOT NULL REFERENCES creators (id),
    title                TEXT,
    local_start          TEXT NOT NULL,
    time_zone            TEXT NOT NULL,
    starts_at            TIMESTAMPTZ NOT NULL,
    ends_at              TIMESTAMPTZ NOT NULL,
    capacity             INT CHECK (capacity IS NULL OR capacity > 0),
    taken                INT NOT NULL,
    waitlist_enabled     BOOLEAN NOT NULL,
    sequence             INT NOT NULL,
    opens_minutes_before INT NOT NULL,
    join_provider        TEXT CHECK (join_provider IN ('EXTERNAL_LINK', 'BUILT_IN')),
    join_sealed          TEXT,
    live_at              TIMESTAMPTZ,
    closed_at            TIMESTAMPTZ,
    cancelled_at         TIMESTAMPTZ,
    change_note          TEXT,
    reminded_sequence    INT,
    created_at           TIMESTAMPTZ NOT NULL,
    updated_at           TIMESTAMPTZ NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK (taken >= 0 AND (capacity IS NULL OR taken <= capacity)),
    CHECK ((join_provider IS NULL) = (join_sealed IS NULL))
)",
    "CREATE INDEX workshop_sessions_by_workshop ON workshop_sessions (workshop_id, starts_at, id)",
    "CREATE INDEX workshop_sessions_by_creator ON workshop_sessions (creator_id, starts_at, id)",
    "CREATE INDEX workshop_sessions_by_start ON workshop_sessions (starts_at, id)",
    "CREATE TABLE session_hosts (
    session_id UUID NOT NULL REFERENCES workshop_sessions (id),
    user_id    UUID NOT NULL REFERENCES users (id),
    position   INT NOT NULL,
    PRIMARY KEY (session_id, user_id)
)",
    // One person's place at one date. OFFERED, HELD and SEATED take a place; UNSEATED was paid too late and waits for
    // its buyer's choice.
    "CREATE TABLE seats (
    id               UUID PRIMARY KEY,
    session_id       UUID NOT NULL REFERENCES workshop_sessions (id),
    user_id          UUID REFERENCES users (id),
    holder_email     TEXT,
    order_line_id    UUID REFERENCES order_lines (id),
    state            TEXT NOT NULL
                     CHECK (state IN ('OFFERED', 'HELD', 'SEATED', 'UNSEATED', 'RELEASED', 'REFUNDED')),
    held_until       TIMESTAMPTZ,
    refund_until     TIMESTAMPTZ NOT NULL,
    refund_if_resold BOOLEAN NOT NULL,
    refund_cause     UUID,
    attended         BOOLEAN,
    check_in_code    TEXT NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    updated_at       TIMESTAMPTZ NOT NULL,
    UNIQUE (order_line_id),
    CHECK ((state IN ('OFFERED', 'HELD', 'UNSEATED')) = (held_until IS NOT NULL)),
    CHECK (state NOT IN ('HELD', 'UNSEATED', 'REFUNDED') OR order_line_id IS NOT NULL)
)",
    "CREATE UNIQUE INDEX seats_of_person ON seats (session_id, user_id)
     WHERE user_id IS NOT NULL AND state IN ('OFFERED', 'HELD', 'SEATED')",
    "CREATE INDEX seats_by_session ON seats (session_id, state)",
    "CREATE INDEX seats_by_user ON seats (user_id)",
    "CREATE INDEX seats_by_holder_email ON seats (holder_email) WHERE holder_email IS NOT NULL",
    // Who wants a place at a full date, in order of (priority, id). An offer is a seat in state OFFERED.
    "CREATE TABLE waitlist_entries (
    id         UUID PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES workshop_sessions (id),
    user_id    UUID NOT NULL REFERENCES users (id),
    priority   INT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('WAITING', 'OFFERED', 'SEATED', 'LEFT', 'LAPSED', 'CLOSED')),
    seat_id    UUID REFERENCES seats (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (state <> 'OFFERED' OR seat_id IS NOT NULL)
)",
    "CREATE UNIQUE INDEX waitlist_entries_of_person ON waitlist_entries (session_id, user_id)
     WHERE state IN ('WAITING', 'OFFERED')",
    "CREATE INDEX waitlist_entries_in_order ON waitlist_entries (session_id, state, priority, id)",
];

crate::dialect::migration!(
    up: UP,
    drop: &["waitlist_entries", "seats", "session_hosts", "workshop_sessions"]
);
