//! Somebody's emoji under a message.

use sea_orm::entity::prelude::*;

/// Somebody's emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_reactions")]
pub struct Model {
    /// Under which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub emoji: String,
    /// Since when.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
