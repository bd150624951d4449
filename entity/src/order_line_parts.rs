//! What a bought bundle consisted of, frozen at purchase.

use sea_orm::entity::prelude::*;

/// What a bought bundle consisted of, frozen at purchase.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_line_parts")]
pub struct Model {
    /// Order line id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_line_id: Uuid,
    /// Position.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Offering id.
    pub offering_id: Uuid,
    /// Title at purchase.
    pub title_at_purchase: String,
    /// Amount minor.
    pub amount_minor: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
