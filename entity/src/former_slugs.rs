//! Slugs an offering had before; they keep leading to it.

use sea_orm::entity::prelude::*;

/// Slugs an offering had before; they keep leading to it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_slugs")]
pub struct Model {
    /// Creator id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub creator_id: Uuid,
    /// Slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slug: String,
    /// Offering id.
    pub offering_id: Uuid,
    /// Replaced at.
    pub replaced_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
