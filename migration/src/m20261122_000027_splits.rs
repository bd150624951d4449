//! Who shares in what an offering earns; and shares of sales that nobody changes any more.

use sea_orm_migration::prelude::*;

use crate::dialect::Dialect;

/// See the module's header.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In PostgreSQL's words; `dialect` says them in SQLite's.
const UP: &[&str] = &[
    // A teacher who gets a part of each sale: what is offered, and what they have accepted and so counts.
    "CREATE TABLE offering_payees (
    id                    UUID PRIMARY KEY,
    offering_id           UUID NOT NULL REFERENCES offerings (id),
    payee_creator_id      UUID NOT NULL REFERENCES creators (id),
    offered_basis_points  INT NOT NULL,
    accepted_basis_points INT,
    state                 TEXT NOT NULL CHECK (state IN ('INVITED', 'ACCEPTED', 'DECLINED')),
    invited_at            TIMESTAMPTZ NOT NULL,
    decided_at            TIMESTAMPTZ,
    UNIQUE (offering_id, payee_creator_id),
    CHECK (offered_basis_points >= 1 AND offered_basis_points <= 10000),
    CHECK (accepted_basis_points IS NULL OR (accepted_basis_points >= 1 AND accepted_basis_points <= 10000))
)",
    "CREATE INDEX offering_payees_by_payee_creator ON offering_payees (payee_creator_id)",
];

/// Who gets what of a sale is frozen when it is agreed: the database refuses to change it.
const FREEZE_POSTGRES: &[&str] =
    &["CREATE TRIGGER order_shares_append_only BEFORE UPDATE OR DELETE ON order_shares
     FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"];

const FREEZE_SQLITE: &[&str] = &[
    "CREATE TRIGGER order_shares_no_update BEFORE UPDATE ON order_shares BEGIN SELECT RAISE(ABORT, 'order_shares is append-only'); END",
    "CREATE TRIGGER order_shares_no_delete BEFORE DELETE ON order_shares BEGIN SELECT RAISE(ABORT, 'order_shares is append-only'); END",
];

const THAW_POSTGRES: &[&str] = &["DROP TRIGGER order_shares_append_only ON order_shares"];

const THAW_SQLITE: &[&str] = &["DROP TRIGGER order_shares_no_update", "DROP TRIGGER order_shares_no_delete"];

/// Newest first, so that nothing refers to what is gone.
const TABLES: &[&str] = &["offering_payees"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).create(UP).await?;
        Dialect::of(manager).either(FREEZE_POSTGRES, FREEZE_SQLITE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::of(manager).either(THAW_POSTGRES, THAW_SQLITE).await?;
        Dialect::of(manager).drop(TABLES).await
    }
}
