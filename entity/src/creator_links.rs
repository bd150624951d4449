//! A link on a creator's profile.

use sea_orm::entity::prelude::*;

/// A link on a creator's profile.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "creator_links")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Creator id.
    pub creator_id: Uuid,
    /// Position.
    pub position: i32,
    /// Label.
    pub label: String,
    /// Url.
    pub url: String,
    /// Icon.
    pub icon: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
