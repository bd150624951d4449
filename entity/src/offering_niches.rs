//! Which niches an offering is listed under.

use sea_orm::entity::prelude::*;

/// Which niches an offering is listed under.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offering_niches")]
pub struct Model {
    /// Offering id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub offering_id: Uuid,
    /// Niche id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub niche_id: Uuid,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
