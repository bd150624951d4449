//! The recording of one date of a workshop.

use sea_orm::entity::prelude::*;

/// The recording of one date of a workshop.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_replays")]
pub struct Model {
    /// Workshop session id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Asset id.
    pub asset_id: Uuid,
    /// Since when there is one: a better file does not begin anew.
    pub since: DateTimeUtc,
    /// Under which policy its holders have heard of it; null = not yet.
    pub told_as: Option<String>,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
