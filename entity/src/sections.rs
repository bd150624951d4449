//! A chapter of a course.

use sea_orm::entity::prelude::*;

/// A chapter of a course.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sections")]
pub struct Model {
    /// `sec_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Offering id.
    pub offering_id: Uuid,
    /// Title.
    pub title: String,
    /// 0-based, dense.
    pub position: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
