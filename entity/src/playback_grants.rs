//! A short permission to play one asset, given to one viewer.

use sea_orm::entity::prelude::*;

/// A short permission to play one asset, given to one viewer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "playback_grants")]
pub struct Model {
    /// `plg_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Null = anonymous preview.
    pub user_id: Option<Uuid>,
    /// Asset id.
    pub asset_id: Uuid,
    /// Lesson id.
    pub lesson_id: Option<Uuid>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Expires at.
    pub expires_at: DateTimeUtc,
    /// The device that asked for it; null = anonymous preview.
    pub session_id: Option<Uuid>,
    /// `PLAY` or `SAVE`.
    pub purpose: String,
    /// When it was taken back; null = not.
    pub ended_at: Option<DateTimeUtc>,
    /// Why it was taken back: `RIGHT` (it was lost) or `DEVICE` (others came).
    pub ended_by: Option<String>,
    /// The date of a workshop whose recording it is for.
    pub replay_session_id: Option<Uuid>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
