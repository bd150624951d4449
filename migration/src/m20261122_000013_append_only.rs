//! What was booked or logged is never rewritten: the database itself refuses.
//!
//! PostgreSQL also checks at commit that each journal sums to zero; SQLite has no deferred triggers, so there the
//! ledger's own code and `atelier doctor` keep that rule.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP_POSTGRES: &[&str] = &[
    "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    "CREATE TRIGGER journals_append_only BEFORE UPDATE OR DELETE ON journals
     FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()",
    "CREATE TRIGGER postings_append_only BEFORE UPDATE OR DELETE ON postings
     FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()",
    "CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
     FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()",
    "CREATE FUNCTION refuse_imbalance() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF EXISTS (SELECT 1 FROM postings WHERE journal_id = NEW.journal_id
                  GROUP BY currency HAVING SUM(amount_minor) <> 0) THEN
         RAISE EXCEPTION 'journal % does not balance', NEW.journal_id;
       END IF;
       RETURN NULL;
     END $$",
    "CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT ON postings
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_imbalance()",
];

const UP_SQLITE: &[&str] = &[
    "CREATE TRIGGER journals_no_update BEFORE UPDATE ON journals BEGIN SELECT RAISE(ABORT, 'journals is append-only'); END",
    "CREATE TRIGGER journals_no_delete BEFORE DELETE ON journals BEGIN SELECT RAISE(ABORT, 'journals is append-only'); END",
    "CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings is append-only'); END",
    "CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings is append-only'); END",
    "CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events is append-only'); END",
    "CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events is append-only'); END",
];

const DOWN_POSTGRES: &[&str] = &[
    "DROP TRIGGER postings_balance ON postings",
    "DROP TRIGGER journals_append_only ON journals",
    "DROP TRIGGER postings_append_only ON postings",
    "DROP TRIGGER events_append_only ON events",
    "DROP FUNCTION refuse_imbalance()",
    "DROP FUNCTION refuse_rewriting()",
];

const DOWN_SQLITE: &[&str] = &[
    "DROP TRIGGER journals_no_update",
    "DROP TRIGGER journals_no_delete",
    "DROP TRIGGER postings_no_update",
    "DROP TRIGGER postings_no_delete",
    "DROP TRIGGER events_no_update",
    "DROP TRIGGER events_no_delete",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).either(UP_POSTGRES, UP_SQLITE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).either(DOWN_POSTGRES, DOWN_SQLITE).await
    }
}
