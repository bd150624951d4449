//! The calculation an order was agreed to with.

use sea_orm::entity::prelude::*;

/// The calculation an order was agreed to with.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_taxes")]
pub struct Model {
    /// Order id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: Uuid,
    /// Where the buyer lives.
    pub country: String,
    /// `taxcalc_…`
    pub calculation_id: String,
    /// `tax_…`, once the sale is noted.
    pub transaction_id: Option<String>,
    /// Created at.
    pub created_at: DateTimeUtc,
    /// Noted at.
    pub noted_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
