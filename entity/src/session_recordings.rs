//! A recording of a workshop's date that was asked of LiveKit.

use sea_orm::entity::prelude::*;

/// A recording of a workshop's date that was asked of LiveKit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_recordings")]
pub struct Model {
    /// Where its film will lie.
    #[sea_orm(primary_key, auto_increment = false)]
    pub film_key: String,
    /// Workshop session id.
    pub session_id: Uuid,
    /// LiveKit's id of it, once it is known.
    pub egress_id: Option<String>,
    /// When it was wanted.
    pub asked_at: DateTimeUtc,
    /// When it was over.
    pub ended_at: Option<DateTimeUtc>,
    /// Whether it has left a film.
    pub has_film: bool,
    /// The film as a file of the studio.
    pub asset_id: Option<Uuid>,
    /// Since when nothing more comes of it.
    pub settled_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
