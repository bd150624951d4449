//! Something said in a room.

use sea_orm::entity::prelude::*;

/// Something said in a room.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_messages")]
pub struct Model {
    /// `chm_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Where.
    pub room_id: Uuid,
    /// Its place in the room's log.
    pub sequence: i64,
    /// Made by the author's client; a second one is the same message.
    pub client_message_id: Uuid,
    /// Who said it.
    pub author_id: Uuid,
    /// Whether they spoke as a host.
    pub is_host: bool,
    /// What was said; empty once it was removed.
    pub body: String,
    /// What it answers, in the same room.
    pub reply_to_id: Option<Uuid>,
    /// When.
    pub sent_at: DateTimeUtc,
    /// When it was removed.
    pub removed_at: Option<DateTimeUtc>,
    /// By whom: its author or a host.
    pub removed_by: Option<Uuid>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
