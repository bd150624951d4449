//! What a picture looks like before it has loaded.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's. Where it is null, no smaller sizes were made either.
const UP: &[&str] = &["ALTER TABLE assets ADD COLUMN thumbhash TEXT"];

const DOWN: &[&str] = &["ALTER TABLE assets DROP COLUMN thumbhash"];

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
