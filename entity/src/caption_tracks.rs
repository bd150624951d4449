//! Subtitles of one film or recording in one language.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "caption_tracks")]
pub struct Model {
    /// `cap_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What they belong to.
    pub asset_id: Uuid,
    /// The verified file they are in.
    pub file_id: Uuid,
    /// BCP 47.
    pub language: String,
    /// As people see it in a menu.
    pub label: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
