//! The use of a coupon in one order.

use sea_orm::entity::prelude::*;

/// The use of a coupon in one order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coupon_redemptions")]
pub struct Model {
    /// Order id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: Uuid,
    /// Coupon id.
    pub coupon_id: Uuid,
    /// User id.
    pub user_id: Option<Uuid>,
    /// Email folded.
    pub email_folded: String,
    /// Amount minor.
    pub amount_minor: i64,
    /// Currency.
    pub currency: String,
    /// State.
    pub state: String,
    /// Is late.
    pub is_late: bool,
    /// Taken at.
    pub taken_at: DateTimeUtc,
    /// Counted at.
    pub counted_at: Option<DateTimeUtc>,
    /// Released at.
    pub released_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
