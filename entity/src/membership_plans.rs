//! What a membership plan has beyond other offerings.

use sea_orm::entity::prelude::*;

/// What a membership plan has beyond other offerings.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "membership_plans")]
pub struct Model {
    /// Offering id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub offering_id: Uuid,
    /// Array of sentences.
    #[sea_orm(column_type = "JsonBinary")]
    pub perks: Json,
    /// Whether it opens all the creator has.
    pub includes_all: bool,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
