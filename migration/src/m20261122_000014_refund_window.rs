//! How long the buyer of an order may ask for the money back: frozen when it is placed.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's. 14 days is what the terms said so far.
const UP: &[&str] = &["ALTER TABLE orders ADD COLUMN refund_window_days INT NOT NULL DEFAULT 14"];

const DOWN: &[&str] = &["ALTER TABLE orders DROP COLUMN refund_window_days"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).create(UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).create(DOWN).await
    }
}
