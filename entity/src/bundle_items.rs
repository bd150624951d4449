//! What a bundle holds now, in order.

use sea_orm::entity::prelude::*;

/// What a bundle holds now, in order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle_items")]
pub struct Model {
    /// Bundle id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bundle_id: Uuid,
    /// Item id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: Uuid,
    /// Position.
    pub position: i32,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
