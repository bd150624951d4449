//! An event that LiveKit has told us of.

use sea_orm::entity::prelude::*;

/// An event that LiveKit has told us of.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "livekit_events")]
pub struct Model {
    /// LiveKit's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `participant_joined`, …
    pub event: String,
    /// When it came.
    pub received_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
