//! A refund or a dispute that took a gift before anybody had redeemed it.

use sea_orm::entity::prelude::*;

/// A refund or a dispute that took a gift before anybody had redeemed it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gift_voids")]
pub struct Model {
    /// A refund or a dispute.
    #[sea_orm(primary_key, auto_increment = false)]
    pub cause_id: Uuid,
    /// Which gift.
    #[sea_orm(primary_key, auto_increment = false)]
    pub gift_id: Uuid,
    /// Voided at.
    pub voided_at: DateTimeUtc,
    /// When the cause turned out to be none.
    pub lifted_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
