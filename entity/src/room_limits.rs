//! What hosts have taken from somebody in a room of ours.

use sea_orm::entity::prelude::*;

/// What hosts have taken from somebody in a room of ours.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_limits")]
pub struct Model {
    /// Workshop session id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Since when they are muted.
    pub muted_at: Option<DateTimeUtc>,
    /// By which host.
    pub muted_by: Option<Uuid>,
    /// Since when they may not come in.
    pub removed_at: Option<DateTimeUtc>,
    /// By which host.
    pub removed_by: Option<Uuid>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
