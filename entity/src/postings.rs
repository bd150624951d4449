//! One side of a journal: plus is debit, minus is credit. Never changed.

use sea_orm::entity::prelude::*;

/// One side of a journal: plus is debit, minus is credit. Never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "postings")]
pub struct Model {
    /// `pst_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Journal id.
    pub journal_id: Uuid,
    /// Position.
    pub position: i32,
    /// One of `STRIPE`, `BANK`, `TAX`, `FEE`, `STRIPE_FEE`, `DISPUTE_FEE`, `DISPUTE_OPEN`, `LOSS`, `HELD`, `DUE`, `FROZEN`.
    pub account: String,
    /// HELD, DUE, FROZEN only.
    pub payee_creator_id: Option<Uuid>,
    /// Currency.
    pub currency: String,
    /// Signed.
    pub amount_minor: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
