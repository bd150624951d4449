//! The way an asset's bytes come in.

use sea_orm::entity::prelude::*;

/// The way an asset's bytes come in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    /// `upl_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Asset id.
    pub asset_id: Uuid,
    /// Uploader id.
    pub uploader_id: Uuid,
    /// Quarantine key, never served.
    pub upload_key: String,
    /// Bytes of every part but the last; null = all at once.
    pub part_size: Option<i64>,
    /// The store's own name for an upload in parts, once it was begun there.
    pub store_upload_id: Option<String>,
    /// Idempotency key.
    pub idempotency_key: Option<Uuid>,
    /// Expires at.
    pub expires_at: DateTimeUtc,
    /// Completed at.
    pub completed_at: Option<DateTimeUtc>,
    /// Aborted at.
    pub aborted_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
