//! One bought thing, as it was when it was bought.

use sea_orm::entity::prelude::*;

/// One bought thing, as it was when it was bought.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_lines")]
pub struct Model {
    /// `oln_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Order id.
    pub order_id: Uuid,
    /// Position.
    pub position: i32,
    /// Offering id.
    pub offering_id: Uuid,
    /// Price id.
    pub price_id: Uuid,
    /// Title at purchase.
    pub title_at_purchase: String,
    /// After discount.
    pub amount_minor: i64,
    /// Discount minor.
    pub discount_minor: i64,
    /// Tax minor.
    pub tax_minor: i64,
    /// The platform's part, frozen.
    pub fee_minor: i64,
    /// To which address it is given; none = the buyer has it.
    pub gift_recipient: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
