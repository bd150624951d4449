//! The people who run this installation: their roles, what they did, the payouts they hold back, the cases they close.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // What somebody may do for the installation as a whole. A person may have several roles.
    "CREATE TABLE staff_roles (
    user_id    UUID NOT NULL REFERENCES users (id),
    role       TEXT NOT NULL CHECK (role IN ('FINANCE', 'SUPPORT', 'SECURITY', 'ENGINEERING', 'MODERATION')),
    granted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, role)
)",
    // What an operator did, why, and from where. Never changed. Without a person: the command line.
    "CREATE TABLE audit_log (
    id          UUID PRIMARY KEY,
    actor_id    UUID REFERENCES users (id),
    action      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    creator_id  UUID REFERENCES creators (id),
    reason      TEXT,
    ip_prefix   TEXT,
    occurred_at TIMESTAMPTZ NOT NULL
)",
    "CREATE INDEX audit_log_by_actor ON audit_log (actor_id, id)",
    "CREATE INDEX audit_log_by_subject ON audit_log (subject)",
    // Money of a creator that an operator keeps from being transferred. One that was lifted stays as history.
    "CREATE TABLE payout_holds (
    id         UUID PRIMARY KEY,
    creator_id UUID NOT NULL REFERENCES creators (id),
    reason     TEXT NOT NULL,
    by         UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    lifted_at  TIMESTAMPTZ,
    lifted_by  UUID REFERENCES users (id)
)",
    "CREATE UNIQUE INDEX payout_holds_one_at_a_time ON payout_holds (creator_id) WHERE lifted_at IS NULL",
    // Who closed a case, and what they found.
    "CREATE TABLE case_closings (
    case_id   UUID PRIMARY KEY REFERENCES cases (id),
    closed_by UUID NOT NULL REFERENCES users (id),
    note      TEXT NOT NULL,
    closed_at TIMESTAMPTZ NOT NULL
)",
    "CREATE INDEX cases_by_opened ON cases (opened_at)",
];

const GUARD_POSTGRES: &[&str] = &["CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
     FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"];

const GUARD_SQLITE: &[&str] = &[
    "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
    "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
];

const INDEXES: &[&str] = &["DROP INDEX cases_by_opened"];

const TABLES: &[&str] = &["case_closings", "payout_holds", "audit_log", "staff_roles"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        dialect.create(UP).await?;
        dialect.either(GUARD_POSTGRES, GUARD_SQLITE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        dialect.create(INDEXES).await?;
        dialect.drop(TABLES).await
    }
}
