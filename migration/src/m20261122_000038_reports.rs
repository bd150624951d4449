//! Reports that creators' teams ask for as files. The file itself lies in the bucket, under the report's key.

use crate::dialect::migration;

migration! {
    up: &[
        "CREATE TABLE report_exports (
    id           UUID PRIMARY KEY,
    creator_id   UUID NOT NULL REFERENCES creators (id),
    requested_by UUID NOT NULL REFERENCES users (id),
    kind         TEXT NOT NULL CHECK (kind IN ('SALES', 'LEDGER', 'CUSTOMERS', 'AFFILIATES')),
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
)",
        "CREATE INDEX report_exports_by_creator ON report_exports (creator_id)",
        "CREATE INDEX report_exports_by_state ON report_exports (state)",
    ],
    drop: &["report_exports"]
}
