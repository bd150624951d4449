//! Money of a creator that an operator keeps from being transferred.

use sea_orm::entity::prelude::*;

/// Money of a creator that an operator keeps from being transferred.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_holds")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose money.
    pub creator_id: Uuid,
    /// Why, in the operator's words.
    pub reason: String,
    /// Which operator.
    pub by: Uuid,
    /// Since when.
    pub created_at: DateTimeUtc,
    /// Until when; none while it holds.
    pub lifted_at: Option<DateTimeUtc>,
    /// Which operator let it go.
    pub lifted_by: Option<Uuid>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
