//! What a plan opens, unless it opens everything.

use sea_orm::entity::prelude::*;

/// What a plan opens, unless it opens everything.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "membership_inclusions")]
pub struct Model {
    /// Plan id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// Offering id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: Uuid,
    /// Order within the plan.
    pub position: i32,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
