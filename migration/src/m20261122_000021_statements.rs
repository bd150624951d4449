//! Creators' own money at Stripe: what came in and went out of their accounts, payouts to their banks, and the
//! statements that explain each payout.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // When Stripe pays a creator out by itself; Stripe's own words are the truth, this is what was last read or set.
    "CREATE TABLE payout_schedules (
    creator_id UUID PRIMARY KEY REFERENCES creators (id),
    cadence    TEXT NOT NULL CHECK (cadence IN ('DAILY', 'WEEKLY', 'MONTHLY', 'MANUAL')),
    updated_at TIMESTAMPTZ NOT NULL
)",
    // Money from a creator's balance at Stripe to their bank.
    "CREATE TABLE payouts (
    id           UUID PRIMARY KEY,
    creator_id   UUID NOT NULL REFERENCES creators (id),
    destination  TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('INTENDED', 'REFUSED', 'PENDING', 'IN_TRANSIT', 'PAID', 'FAILED')),
    is_automatic BOOLEAN NOT NULL,
    stripe_id    TEXT,
    failure      TEXT,
    arrives_at   TIMESTAMPTZ,
    requested_by UUID REFERENCES users (id),
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (stripe_id),
    CHECK (amount_minor > 0),
    CHECK ((state IN ('INTENDED', 'REFUSED')) = (stripe_id IS NULL))
)",
    "CREATE INDEX payouts_by_creator ON payouts (creator_id)",
    // What came in and went out of a creator's balance at Stripe: the second book. Plus is more for the creator.
    "CREATE TABLE creator_movements (
    id           UUID PRIMARY KEY,
    creator_id   UUID NOT NULL REFERENCES creators (id),
    currency     TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('TRANSFER', 'REVERSAL', 'PAYOUT', 'PAYOUT_RETURNED')),
    external_id  TEXT NOT NULL,
    order_id     UUID REFERENCES orders (id),
    amount_minor BIGINT NOT NULL,
    occurred_at  TIMESTAMPTZ NOT NULL,
    booked_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (kind, external_id),
    CHECK (amount_minor <> 0)
)",
    "CREATE INDEX creator_movements_by_creator_currency ON creator_movements (creator_id, currency)",
    // One payout explained, sealed with the statement before it.
    "CREATE TABLE statements (
    id            UUID PRIMARY KEY,
    creator_id    UUID NOT NULL REFERENCES creators (id),
    number        INT NOT NULL,
    payout_id     UUID NOT NULL REFERENCES payouts (id),
    currency      TEXT NOT NULL,
    opening_minor BIGINT NOT NULL,
    closing_minor BIGINT NOT NULL,
    content       TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash          TEXT NOT NULL,
    issued_at     TIMESTAMPTZ NOT NULL,
    UNIQUE (creator_id, number),
    UNIQUE (payout_id)
)",
    // Which movements a statement explains; each once.
    "CREATE TABLE statement_movements (
    movement_id  UUID PRIMARY KEY REFERENCES creator_movements (id),
    statement_id UUID NOT NULL REFERENCES statements (id),
    position     INT NOT NULL,
    UNIQUE (statement_id, position)
)",
];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] =
    &["statement_movements", "statements", "creator_movements", "payouts", "payout_schedules"];

const GUARDED: [&str; 3] = ["creator_movements", "statements", "statement_movements"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        dialect.create(UP).await?;
        for table in GUARDED {
            let postgres = format!(
                "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
                 FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
            );
            let refuse = |change: &str, word: &str| {
                format!(
                    "CREATE TRIGGER {table}_no_{word} BEFORE {change} ON {table}
                     BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            };
            let sqlite = [refuse("UPDATE", "update"), refuse("DELETE", "delete")];
            dialect.either(&[&postgres], &[&sqlite[0], &sqlite[1]]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The triggers go with their tables.
        Dialect::of(manager).drop(TABLES).await
    }
}
