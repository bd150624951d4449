//! What every room stands on: events, jobs, idempotent results.

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // The ordered log of what happened; written in the transaction of the change.
    "CREATE TABLE events (
    sequence    BIGSERIAL PRIMARY KEY,
    id          UUID NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    creator_id  UUID,
    user_id     UUID,
    data        JSONB NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    UNIQUE (id)
)",
    "CREATE INDEX events_by_creator_sequence ON events (creator_id, sequence)",
    "CREATE INDEX events_by_user_sequence ON events (user_id, sequence)",
    // Work that must happen after a commit; claimed with a lease, retried, or kept as dead.
    "CREATE TABLE jobs (
    id           UUID PRIMARY KEY,
    kind         TEXT NOT NULL,
    payload      JSONB NOT NULL,
    unique_key   TEXT,
    state        TEXT NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'DEAD')),
    attempts     INT NOT NULL,
    max_attempts INT NOT NULL,
    run_at       TIMESTAMPTZ NOT NULL,
    lease_until  TIMESTAMPTZ,
    last_error   TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    finished_at  TIMESTAMPTZ,
    UNIQUE (unique_key)
)",
    "CREATE INDEX jobs_by_state_run ON jobs (state, run_at)",
    // The stored result of a mutation that must not happen twice.
    "CREATE TABLE idempotency_keys (
    id         UUID PRIMARY KEY,
    actor      TEXT NOT NULL,
    mutation   TEXT NOT NULL,
    key        UUID NOT NULL,
    input_hash TEXT NOT NULL,
    result     JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (actor, mutation, key)
)",
    "CREATE INDEX idempotency_keys_by_created ON idempotency_keys (created_at)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["idempotency_keys", "jobs", "events"];

crate::dialect::migration!(up: UP, drop: TABLES);
