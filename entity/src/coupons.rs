//! Codes that take something off.

use sea_orm::entity::prelude::*;

/// Codes that take something off.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coupons")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Creator id.
    pub creator_id: Uuid,
    /// Code.
    pub code: String,
    /// Code folded.
    pub code_folded: String,
    /// Percent off basis points.
    pub percent_off_basis_points: Option<i32>,
    /// Amount off minor.
    pub amount_off_minor: Option<i64>,
    /// Currency.
    pub currency: Option<String>,
    /// Max redemptions.
    pub max_redemptions: Option<i32>,
    /// Per customer limit.
    pub per_customer_limit: Option<i32>,
    /// Redemption count.
    pub redemption_count: i32,
    /// Starts at.
    pub starts_at: Option<DateTimeUtc>,
    /// Ends at.
    pub ends_at: Option<DateTimeUtc>,
    /// Disabled at.
    pub disabled_at: Option<DateTimeUtc>,
    /// Created at.
    pub created_at: DateTimeUtc,
    /// Updated at.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
