//! A file, from promise to proof.

use sea_orm::entity::prelude::*;

/// A file, from promise to proof.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assets")]
pub struct Model {
    /// `ast_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Null = a person's own (avatar).
    pub creator_id: Option<Uuid>,
    /// Uploader id.
    pub uploader_id: Uuid,
    /// One of `LESSON_MEDIA`, `COVER`, `TRAILER`, `ATTACHMENT`, `CAPTIONS`, `AVATAR`, `CHECK_IN`, `EVIDENCE`, `SIGNATURE`.
    pub purpose: String,
    /// One of `IMAGE`, `VIDEO`, `AUDIO`, `DOCUMENT`, `ARCHIVE`, `CAPTIONS`.
    pub kind: String,
    /// One of `AWAITING_UPLOAD`, `UPLOADED`, `SCANNING`, `PROCESSING`, `READY`, `FAILED`, `QUARANTINED`, `EXPIRED`.
    pub state: String,
    /// One of `UNSUPPORTED`, `CORRUPT`, `TOO_LONG`, `MALWARE`, `TIMEOUT`.
    pub failure: Option<String>,
    /// Filename.
    pub filename: String,
    /// Promised, then verified.
    pub content_type: String,
    /// Promised, then verified.
    pub byte_size: i64,
    /// Hex; promised or computed.
    pub sha256: Option<String>,
    /// Final key, null until READY.
    pub object_key: Option<String>,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// Video and audio, where the container says.
    pub duration_seconds: Option<i32>,
    /// Of a picture with smaller sizes: base64 of its ThumbHash.
    pub thumbhash: Option<String>,
    /// Alt text.
    pub alt_text: String,
    /// Title.
    pub title: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Ready at.
    pub ready_at: Option<DateTimeUtc>,
    /// How far processing is, 10,000 = done; null unless PROCESSING.
    pub processing_basis_points: Option<i32>,
    /// Of a PDF, where it was found.
    pub page_count: Option<i32>,
    /// Of a PDF: one of `ENCRYPTED`, `UNREADABLE`.
    pub document_problem: Option<String>,
    /// Tombstone; the object goes later.
    pub deleted_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
