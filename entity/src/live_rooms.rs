//! A room of our own for one date of a workshop.

use sea_orm::entity::prelude::*;

/// A room of our own for one date of a workshop.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "live_rooms")]
pub struct Model {
    /// Workshop session id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Its name at LiveKit: random.
    pub room: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the first was let in.
    pub entered_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
