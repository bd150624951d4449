//! Enums and inputs of files.

use async_graphql::{Enum, ID, InputObject};
use uuid::Uuid;

use crate::graphql::Int53;
use crate::media::model;

/// What sort of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Kind")]
pub enum AssetKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound alone.
    Audio,
    /// Something to read or print.
    Document,
    /// A bundle of files.
    Archive,
    /// Subtitles.
    Captions,
}

/// Where a file is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::State")]
pub enum AssetState {
    /// Promised; its bytes have not been verified.
    AwaitingUpload,
    /// Its bytes are there, and wait to be looked at.
    Uploaded,
    /// Its bytes are looked at.
    Scanning,
    /// It is prepared for showing.
    Processing,
    /// It may be used; it never changes again.
    Ready,
    /// It was refused; see `failureReason`.
    Failed,
    /// It was taken out of use by the platform.
    Quarantined,
    /// Its bytes came too late, or its upload was aborted.
    Expired,
}

/// Why a file was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Failure")]
pub enum AssetFailure {
    /// It is not of the type that was promised, or too large to show.
    Unsupported,
    /// Its length or its SHA-256 is not what was promised.
    Corrupt,
    /// It plays longer than allowed.
    TooLong,
    /// It carries something harmful.
    Malware,
    /// Looking at it took too long.
    Timeout,
}

/// What hinders the readers of a PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::DocumentProblem")]
pub enum DocumentProblem {
    /// It is encrypted: whoever opens it may be asked for a password.
    Encrypted,
    /// Its pages were not found: it is damaged, or written in a way that few programs understand.
    Unreadable,
}

/// What a file is for; decides who may upload it, which types it may have and how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Purpose")]
pub enum AssetPurpose {
    /// The film or sound of a lesson.
    LessonMedia,
    /// A picture of a creator or a course.
    Cover,
    /// A short film that anybody may see.
    Trailer,
    /// A file that comes with a lesson.
    Attachment,
    /// Subtitles.
    Captions,
    /// A portrait of the person who uploads it.
    Avatar,
}

/// How the bytes of an upload travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UploadMethod {
    /// All at once, by one PUT.
    SinglePut,
    /// In parts, one PUT each: they may be sent at the same time, again, and after a pause.
    Multipart,
}

/// A part that was sent.
#[derive(Clone, Debug, InputObject)]
pub struct UploadedPartInput {
    /// From 1.
    pub part_number: i32,
    /// The header `ETag` of the answer to its PUT.
    pub etag: String,
}

/// A promise of a file.
#[derive(Clone, Debug, InputObject)]
pub struct AssetUploadInput {
    /// For which creator; left out for a portrait of one's own.
    pub creator_id: Option<ID>,
    /// What the file is for.
    pub purpose: AssetPurpose,
    /// As it is called on the uploader's device.
    pub filename: String,
    /// Its type, such as `video/mp4`; what arrives is compared with it.
    pub content_type: String,
    /// Its length; exactly so many bytes may be sent.
    pub byte_size: Int53,
    /// 64 hexadecimal digits. If given, what arrives is compared with it.
    pub sha256: Option<String>,
    /// The same key gives the same upload again, with a fresh target.
    pub idempotency_key: Option<Uuid>,
}
