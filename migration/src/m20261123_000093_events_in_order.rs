//! Events commit in the order of their sequence, so that whoever reads the log by a cursor skips none.
//!
//! On PostgreSQL the log itself makes writers wait for each other until they commit, whoever they are; it took a statement of
//! each change before. SQLite has one writer.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

// The key is that of the releases before, which take the lock themselves. A trigger of the statement comes before the
// first number is drawn from the sequence.
const UP_POSTGRES: &[&str] = &[
    "CREATE FUNCTION wait_for_event_log() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_advisory_xact_lock(4707463704458121729); RETURN NULL; END $$",
    "CREATE TRIGGER events_in_order BEFORE INSERT ON events
     FOR EACH STATEMENT EXECUTE FUNCTION wait_for_event_log()",
];

const DOWN_POSTGRES: &[&str] =
    &["DROP TRIGGER events_in_order ON events", "DROP FUNCTION wait_for_event_log()"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).either(UP_POSTGRES, &[]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).either(DOWN_POSTGRES, &[]).await
    }
}
