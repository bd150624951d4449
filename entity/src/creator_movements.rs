//! What came in and went out of a creator's balance at Stripe.

use sea_orm::entity::prelude::*;

/// What came in and went out of a creator's balance at Stripe.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "creator_movements")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub creator_id: Uuid,
    /// ISO 4217.
    pub currency: String,
    /// One of `TRANSFER`, `REVERSAL`, `PAYOUT`, `PAYOUT_RETURNED`.
    pub kind: String,
    /// Stripe's id; unique within the kind.
    pub external_id: String,
    /// Whose sale.
    pub order_id: Option<Uuid>,
    /// Plus is more for the creator.
    pub amount_minor: i64,
    /// When it happened.
    pub occurred_at: DateTimeUtc,
    /// When it was written down.
    pub booked_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
