//! A refund's part of the tax of a sale.

use sea_orm::entity::prelude::*;

/// A refund's part of the tax of a sale.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tax_reversals")]
pub struct Model {
    /// The refund.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Order id.
    pub order_id: Uuid,
    /// Given back, tax included.
    pub amount_minor: i64,
    /// Tax within it, as our book has it.
    pub tax_minor: i64,
    /// `tax_…`, once it is noted.
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
