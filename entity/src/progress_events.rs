//! What a device reported, once per event id, also hours late.

use sea_orm::entity::prelude::*;

/// What a device reported, once per event id, also hours late.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "progress_events")]
pub struct Model {
    /// User id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The device's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// Lesson id.
    pub lesson_id: Uuid,
    /// One of `STARTED`, `POSITION`, `COMPLETED`, `DOWNLOADED`.
    pub kind: String,
    /// Position seconds.
    pub position_seconds: Option<i32>,
    /// Watched seconds.
    pub watched_seconds: Option<i32>,
    /// By the device's clock, never later than received_at.
    pub occurred_at: DateTimeUtc,
    /// Received at.
    pub received_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
