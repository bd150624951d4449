//! Whom Stripe knows a recurring price as.

use sea_orm::entity::prelude::*;

/// Whom Stripe knows a recurring price as.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_prices")]
pub struct Model {
    /// Price id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub price_id: Uuid,
    /// `price_…`.
    pub stripe_price_id: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
