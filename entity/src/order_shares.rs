//! Who gets which part of a line, frozen at purchase.

use sea_orm::entity::prelude::*;

/// Who gets which part of a line, frozen at purchase.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_shares")]
pub struct Model {
    /// Order line id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_line_id: Uuid,
    /// Position.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Payee creator id.
    pub payee_creator_id: Uuid,
    /// A commission: of the line after tax and fee. Any other part: of what the commission leaves.
    pub basis_points: i32,
    /// Amount minor.
    pub amount_minor: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
