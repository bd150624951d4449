//! Who may not write in a room for a while.

use sea_orm::entity::prelude::*;

/// Who may not write in a room for a while.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_mutes")]
pub struct Model {
    /// Where.
    #[sea_orm(primary_key, auto_increment = false)]
    pub room_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Until when; in the past once it was lifted.
    pub muted_until: DateTimeUtc,
    /// Which host.
    pub muted_by: Uuid,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
