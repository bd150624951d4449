//! The buyer's bank suspects a payment; nothing has moved.

use sea_orm::entity::prelude::*;

/// The buyer's bank suspects a payment; nothing has moved.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fraud_warnings")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `issfr_…`.
    pub stripe_id: String,
    /// Which purchase.
    pub order_id: Uuid,
    /// Which charge.
    pub charge_id: String,
    /// In Stripe's words.
    pub kind: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
