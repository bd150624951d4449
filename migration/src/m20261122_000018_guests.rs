//! Guests: under which address an order was placed without an account, until somebody proves that address.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    "ALTER TABLE orders ADD COLUMN guest_email TEXT",
    "CREATE INDEX orders_by_guest_email ON orders (guest_email) WHERE guest_email IS NOT NULL",
];

const DOWN: &[&str] = &["DROP INDEX orders_by_guest_email", "ALTER TABLE orders DROP COLUMN guest_email"];

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
