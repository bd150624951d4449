//! One of the files that were made of an original film or recording.

use sea_orm::entity::prelude::*;

/// One of the files that were made of an original film or recording.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "renditions")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which original.
    pub asset_id: Uuid,
    /// One of `VIDEO`, `AUDIO`, `POSTER`, `STORYBOARD`.
    pub kind: String,
    /// What it is called in playlists: `720p`.
    pub name: String,
    /// Pixels; of one tile for a storyboard.
    pub width: Option<i32>,
    /// Pixels; of one tile for a storyboard.
    pub height: Option<i32>,
    /// At its peak, of a segment.
    pub bits_per_second: Option<i64>,
    /// As RFC 6381 spells them.
    pub codecs: Option<String>,
    /// As it is served.
    pub content_type: String,
    /// Where it lies.
    pub object_key: String,
    /// Bytes.
    pub byte_size: i64,
    /// Milliseconds.
    pub duration_ms: Option<i64>,
    /// Its segments, with a gap where the address belongs; of a storyboard its cues.
    pub playlist: Option<String>,
    /// When it was finished.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
