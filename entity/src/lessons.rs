//! One small step of a course.

use sea_orm::entity::prelude::*;

/// One small step of a course.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lessons")]
pub struct Model {
    /// `lsn_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Section id.
    pub section_id: Uuid,
    /// The section's, repeated for one-step scoping.
    pub offering_id: Uuid,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: Option<String>,
    /// 0-based within the section, dense.
    pub position: i32,
    /// Open to all.
    pub is_preview: bool,
    /// TEXT until content says otherwise; one of `VIDEO`, `AUDIO`, `TEXT`, `DOWNLOAD`, `QUIZ`.
    pub kind: String,
    /// VIDEO or AUDIO.
    pub media_asset_id: Option<Uuid>,
    /// TEXT.
    pub article_markdown: Option<String>,
    /// Of the media.
    pub duration_seconds: Option<i32>,
    /// Version.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
