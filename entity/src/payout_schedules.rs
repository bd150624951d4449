//! When Stripe pays a creator out by itself.

use sea_orm::entity::prelude::*;

/// When Stripe pays a creator out by itself.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_schedules")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub creator_id: Uuid,
    /// One of `DAILY`, `WEEKLY`, `MONTHLY`, `MANUAL`.
    pub cadence: String,
    /// Last read or set.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
