//! What a member wants changed; written before Stripe is asked.

use sea_orm::entity::prelude::*;

/// What a member wants changed; written before Stripe is asked.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "membership_changes")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which membership.
    pub membership_id: Uuid,
    /// One of `END_LATER`, `END_NOW`, `RESUME`.
    pub kind: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When Stripe had done it, or refused.
    pub done_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
