//! What has happened in a room, in order and without holes.

use sea_orm::entity::prelude::*;

/// What has happened in a room, in order and without holes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_events")]
pub struct Model {
    /// Where.
    #[sea_orm(primary_key, auto_increment = false)]
    pub room_id: Uuid,
    /// 1, 2, 3 …
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// One of `MESSAGE_ADDED`, `MESSAGE_REMOVED`, `REACTIONS_CHANGED`, `ROOM_CHANGED`.
    pub kind: String,
    /// About which message; none when the room itself changed.
    pub message_id: Option<Uuid>,
    /// When.
    pub occurred_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
