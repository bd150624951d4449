//! Money on its way back to a buyer.

use sea_orm::entity::prelude::*;

/// Money on its way back to a buyer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refunds")]
pub struct Model {
    /// `rfd_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// For which purchase.
    pub order_id: Uuid,
    /// Stripe's charge the money came with.
    pub charge_id: String,
    /// The wish it grants, if one.
    pub request_id: Option<Uuid>,
    /// One of `INTENDED`, `PENDING`, `SUCCEEDED`, `FAILED`.
    pub state: String,
    /// The order's.
    pub currency: String,
    /// How much.
    pub amount_minor: i64,
    /// Why; null if made at Stripe by hand.
    pub reason: Option<String>,
    /// `re_…`, once Stripe has answered.
    pub stripe_id: Option<String>,
    /// Who made it; null if made at Stripe by hand.
    pub requested_by: Option<Uuid>,
    /// Whether the right to learn ends with it.
    pub revoke_access: bool,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was booked.
    pub booked_at: Option<DateTimeUtc>,
    /// When it failed.
    pub failed_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
