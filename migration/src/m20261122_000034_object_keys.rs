//! Who owns an object of the bucket is asked by its key, a thousand keys at a time.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &["CREATE INDEX assets_by_object_key ON assets (object_key)"];

const DOWN: &[&str] = &["DROP INDEX assets_by_object_key"];

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
