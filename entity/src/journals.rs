//! One movement of money; its postings sum to zero. Never changed.

use sea_orm::entity::prelude::*;

/// One movement of money; its postings sum to zero. Never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journals")]
pub struct Model {
    /// `jrn_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SALE, STRIPE_FEE, ….
    pub kind: String,
    /// Stripe's id or ours; unique within the kind.
    pub external_id: String,
    /// Order id.
    pub order_id: Option<Uuid>,
    /// Reverses id.
    pub reverses_id: Option<Uuid>,
    /// Occurred at.
    pub occurred_at: DateTimeUtc,
    /// Booked at.
    pub booked_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
