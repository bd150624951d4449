//! How much of a refund is for which line.

use sea_orm::entity::prelude::*;

/// How much of a refund is for which line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refund_lines")]
pub struct Model {
    /// Of which refund.
    #[sea_orm(primary_key, auto_increment = false)]
    pub refund_id: Uuid,
    /// For which line.
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_line_id: Uuid,
    /// How much.
    pub amount_minor: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
