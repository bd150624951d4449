//! How a creator's page looks and whether it is open.

use sea_orm::entity::prelude::*;

/// How a creator's page looks and whether it is open.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "storefronts")]
pub struct Model {
    /// Creator id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub creator_id: Uuid,
    /// Rises with each edit.
    pub version: i32,
    /// Is published.
    pub is_published: bool,
    /// Theme preset.
    pub theme_preset: String,
    /// #rrggbb.
    pub color_primary: String,
    /// #rrggbb.
    pub color_background: String,
    /// Font family.
    pub font_family: String,
    /// Pixels.
    pub corner_radius: i32,
    /// Ordered list.
    #[sea_orm(column_type = "JsonBinary")]
    pub sections: Json,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
