//! A buyer's wish to have their money back, and what was decided.

use sea_orm::entity::prelude::*;

/// A buyer's wish to have their money back, and what was decided.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refund_requests")]
pub struct Model {
    /// `rfq_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// For which purchase; one wish each.
    pub order_id: Uuid,
    /// Who decides.
    pub creator_id: Uuid,
    /// Who asks.
    pub buyer_id: Uuid,
    /// One of `OPEN`, `APPROVED`, `DECLINED`.
    pub state: String,
    /// Why, from a short list.
    pub reason: String,
    /// Why, in the buyer's words.
    pub note: Option<String>,
    /// Who of the team decided.
    pub decided_by: Option<Uuid>,
    /// Why they decided so.
    pub decision_note: Option<String>,
    /// When; null while open.
    pub decided_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
