//! Files that come with a lesson, or are the lesson (DOWNLOAD).

use sea_orm::entity::prelude::*;

/// Files that come with a lesson, or are the lesson (DOWNLOAD).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lesson_attachments")]
pub struct Model {
    /// `att_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Lesson id.
    pub lesson_id: Uuid,
    /// Asset id.
    pub asset_id: Uuid,
    /// Position.
    pub position: i32,
    /// True = the DOWNLOAD lesson's content itself.
    pub is_content: bool,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
