//! What creators teach; a closed list.

use sea_orm::entity::prelude::*;

/// What creators teach; a closed list.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "niches")]
pub struct Model {
    /// `nic_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Slug.
    pub slug: String,
    /// Name.
    pub name: String,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
