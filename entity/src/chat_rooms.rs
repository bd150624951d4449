//! The room of one date of a workshop; its row is the lock of all that happens there.

use sea_orm::entity::prelude::*;

/// The room of one date of a workshop; its row is the lock of all that happens there.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_rooms")]
pub struct Model {
    /// The session's key is the room's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// As a host has set it: one of `OPEN`, `HOSTS_ONLY`, `CLOSED`.
    pub state: String,
    /// Seconds between two messages of one person; 0 = none.
    pub slow_mode_seconds: i32,
    /// How much has happened.
    pub last_sequence: i64,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
