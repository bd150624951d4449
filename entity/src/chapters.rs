//! A part of a film or recording that has a name.

use sea_orm::entity::prelude::*;

/// A part of a film or recording that has a name; it lasts until the next begins.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chapters")]
pub struct Model {
    /// Of what.
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: Uuid,
    /// Where it begins.
    #[sea_orm(primary_key, auto_increment = false)]
    pub start_seconds: i32,
    /// What it is called.
    pub title: String,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
