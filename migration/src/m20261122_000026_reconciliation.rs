//! What Stripe says it moved, kept to be compared with the book, and how far we have looked.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // One balance transaction of our own account at Stripe, as it was listed.
    "CREATE TABLE stripe_movements (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    source       TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor    BIGINT NOT NULL,
    net_minor    BIGINT NOT NULL,
    occurred_at  TIMESTAMPTZ NOT NULL,
    seen_at      TIMESTAMPTZ NOT NULL,
    CHECK (net_minor = amount_minor - fee_minor)
)",
    "CREATE INDEX stripe_movements_by_source ON stripe_movements (source)",
    "CREATE INDEX stripe_movements_by_occurred ON stripe_movements (occurred_at)",
    // Up to when a list of Stripe's has been read.
    "CREATE TABLE reading_marks (
    name    TEXT PRIMARY KEY,
    reached TIMESTAMPTZ NOT NULL
)",
    "CREATE INDEX journals_by_booked ON journals (booked_at)",
    "CREATE INDEX journals_by_external_id ON journals (external_id)",
];

const INDEXES: &[&str] = &["DROP INDEX journals_by_external_id", "DROP INDEX journals_by_booked"];

const TABLES: &[&str] = &["reading_marks", "stripe_movements"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).create(UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        dialect.create(INDEXES).await?;
        dialect.drop(TABLES).await
    }
}
