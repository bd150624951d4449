//! What a course has beyond an offering.

use sea_orm::entity::prelude::*;

/// What a course has beyond an offering.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "courses")]
pub struct Model {
    /// Offering id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub offering_id: Uuid,
    /// Trailer asset id.
    pub trailer_asset_id: Option<Uuid>,
    /// Array of sentences.
    #[sea_orm(column_type = "JsonBinary")]
    pub outcomes: Json,
    /// Derived from lessons, kept in the editing transaction.
    pub estimated_minutes: i32,
    /// Kept in the editing transaction.
    pub section_count: i32,
    /// Kept in the editing transaction.
    pub lesson_count: i32,
    /// Certificate enabled.
    pub certificate_enabled: bool,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
