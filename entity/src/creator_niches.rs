//! Which niches a creator is listed under.

use sea_orm::entity::prelude::*;

/// Which niches a creator is listed under.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "creator_niches")]
pub struct Model {
    /// Creator id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub creator_id: Uuid,
    /// Niche id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub niche_id: Uuid,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
