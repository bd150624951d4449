//! Assets and uploads, and the states they pass through.

use chrono::Duration;
use entity::{assets, caption_tracks, uploads};

use crate::kernel::{AssetId, CreatorId, Instant, TrackId, UploadId, UserId};

/// How long an upload may take.
pub const UPLOAD_LIFETIME: Duration = Duration::hours(24);
/// The most that may come in by a single PUT, in bytes. Larger files come in parts.
pub const SINGLE_PUT_LIMIT: i64 = 16 * MIB;

const MIB: i64 = 1024 * 1024;
/// Small enough to be sent again after a lost connection, and above S3's least of 5 MiB.
const USUAL_PART: i64 = 8 * MIB;
/// Below S3's 10,000, so that a rounded part size never needs more.
const MOST_PARTS: i64 = 9_000;

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $spelled:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the schema describes each")]
        pub enum $name { $($variant),* }

        impl $name {
            /// As the database spells it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $spelled),* }
            }

            /// The one of this name.
            pub fn of(name: &str) -> Option<Self> {
                match name { $($spelled => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

names! {
    /// What sort of file it is.
    Kind {
        Image = "IMAGE", Video = "VIDEO", Audio = "AUDIO", Document = "DOCUMENT", Archive = "ARCHIVE",
        Captions = "CAPTIONS",
    }
}

names! {
    /// What a file is for; decides who may upload it, which types it may have and how large it may be.
    Purpose {
        LessonMedia = "LESSON_MEDIA", Cover = "COVER", Trailer = "TRAILER", Attachment = "ATTACHMENT",
        Captions = "CAPTIONS", Avatar = "AVATAR",
    }
}

names! {
    /// Where a file is on its way.
    State {
        AwaitingUpload = "AWAITING_UPLOAD", Uploaded = "UPLOADED", Scanning = "SCANNING",
        Processing = "PROCESSING", Ready = "READY", Failed = "FAILED", Quarantined = "QUARANTINED",
        Expired = "EXPIRED",
    }
}

names! {
    /// Why a file failed.
    Failure {
        Unsupported = "UNSUPPORTED", Corrupt = "CORRUPT", TooLong = "TOO_LONG", Malware = "MALWARE",
        Timeout = "TIMEOUT",
    }
}

names! {
    /// What hinders the readers of a PDF.
    DocumentProblem { Encrypted = "ENCRYPTED", Unreadable = "UNREADABLE" }
}

impl State {
    /// Whether it is decided what becomes of the file.
    pub fn is_decided(self) -> bool {
        !matches!(self, Self::AwaitingUpload | Self::Uploaded | Self::Scanning | Self::Processing)
    }
}

/// What is said (`wakes`) when a file may have changed.
pub fn topic(asset: AssetId) -> String {
    format!("asset:{asset}")
}

/// A file, from promise to proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Key.
    pub id: AssetId,
    /// Whose studio it belongs to; none = a person's own (portrait).
    pub creator: Option<CreatorId>,
    /// Who promised it.
    pub uploader: UserId,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is.
    pub kind: Kind,
    /// Where it is on its way.
    pub state: State,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// As the uploader called it.
    pub filename: String,
    /// Ours, from the list of accepted types; promised, then verified.
    pub content_type: String,
    /// Bytes; promised, then verified.
    pub byte_size: i64,
    /// Hex; promised or computed.
    pub sha256: Option<String>,
    /// Where it lies once READY.
    pub object_key: Option<String>,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// Of video and audio, where the container says.
    pub duration_seconds: Option<i32>,
    /// Of a PDF, where they were found.
    pub page_count: Option<i32>,
    /// Of a PDF: what hinders its readers.
    pub document_problem: Option<DocumentProblem>,
    /// What a picture looks like before it has loaded (base64); where it is there, smaller sizes are too.
    pub thumbhash: Option<String>,
    /// How far processing is, 10,000 = done; none unless PROCESSING.
    pub processing_basis_points: Option<i32>,
    /// What a picture shows, in words.
    pub alt_text: String,
    /// When it was promised.
    pub created_at: Instant,
    /// When it was deleted; its bytes go later.
    pub deleted_at: Option<Instant>,
}

impl From<assets::Model> for Asset {
    fn from(row: assets::Model) -> Self {
        Self {
            id: row.id.into(),
            creator: row.creator_id.map(CreatorId),
            uploader: row.uploader_id.into(),
            // The columns' checks allow no other names; what is unknown to this version must not be served.
            purpose: Purpose::of(&row.purpose).unwrap_or(Purpose::Attachment),
            kind: Kind::of(&row.kind).unwrap_or(Kind::Archive),
            state: State::of(&row.state).unwrap_or(State::Quarantined),
            failure: row.failure.as_deref().and_then(Failure::of),
            filename: row.filename,
            content_type: row.content_type,
            byte_size: row.byte_size,
            sha256: row.sha256,
            object_key: row.object_key,
            width: row.width,
            height: row.height,
            duration_seconds: row.duration_seconds,
            page_count: row.page_count,
            document_problem: row.document_problem.as_deref().and_then(DocumentProblem::of),
            thumbhash: row.thumbhash,
            processing_basis_points: row.processing_basis_points,
            alt_text: row.alt_text,
            created_at: row.created_at,
            deleted_at: row.deleted_at,
        }
    }
}

impl Asset {
    /// Whether it may be used and shown.
    pub fn is_ready(&self) -> bool {
        self.state == State::Ready && self.deleted_at.is_none()
    }

    /// Under which name it is saved: its uploader's, with the ending of what a picture was made into.
    pub fn saved_name(&self) -> String {
        let ending = match (self.kind, self.content_type.as_str()) {
            (Kind::Image, "image/jpeg") => ".jpg",
            (Kind::Image, "image/webp") => ".webp",
            _ => return self.filename.clone(),
        };
        let stem = self.filename.rsplit_once('.').map_or(self.filename.as_str(), |(stem, _)| stem);
        format!("{stem}{ending}")
    }

    /// Where it lies, if it may be shown.
    pub fn ready_key(&self) -> Option<&str> {
        self.object_key.as_deref().filter(|_| self.is_ready())
    }
}

/// A part of a film or a recording that has a name; it lasts until the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Where it begins.
    pub start_seconds: i32,
    /// What it is called.
    pub title: String,
}

/// Subtitles of a film or a recording in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptionTrack {
    /// Key.
    pub id: TrackId,
    /// Of what.
    pub asset: AssetId,
    /// The file they are in.
    pub file: AssetId,
    /// BCP 47.
    pub language: String,
    /// As people see it in a menu.
    pub label: String,
}

impl From<caption_tracks::Model> for CaptionTrack {
    fn from(row: caption_tracks::Model) -> Self {
        Self {
            id: row.id.into(),
            asset: row.asset_id.into(),
            file: row.file_id.into(),
            language: row.language,
            label: row.label,
        }
    }
}

/// The way an asset's bytes come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Key.
    pub id: UploadId,
    /// What comes in.
    pub asset: AssetId,
    /// Quarantine key; never served.
    pub key: String,
    /// How the file is cut; none = all at once.
    pub parts: Option<Parts>,
    /// The store's name for an upload in parts, once it was begun there.
    pub store_upload_id: Option<String>,
    /// When it is too late.
    pub expires_at: Instant,
    /// When its fate was decided: verified or refused.
    pub completed_at: Option<Instant>,
    /// When the uploader gave up.
    pub aborted_at: Option<Instant>,
}

impl From<uploads::Model> for Upload {
    fn from(row: uploads::Model) -> Self {
        Self {
            id: row.id.into(),
            asset: row.asset_id.into(),
            key: row.upload_key,
            parts: row.part_size.map(|size| Parts { size }),
            store_upload_id: row.store_upload_id,
            expires_at: row.expires_at,
            completed_at: row.completed_at,
            aborted_at: row.aborted_at,
        }
    }
}

impl Upload {
    /// Whether bytes may still come in at `now`.
    pub fn is_open_at(&self, now: Instant) -> bool {
        self.completed_at.is_none() && self.aborted_at.is_none() && now < self.expires_at
    }
}

/// Where a smaller size of a picture lies: beside it.
pub fn key_of_size(object_key: &str, width: u32) -> String {
    format!("{object_key}-{width}")
}

/// How a large file is cut: all parts are equal but the last, as some stores demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Bytes of every part but the last.
    pub size: i64,
}

impl Parts {
    /// How a file of so many bytes comes in; none = all at once.
    pub fn of(byte_size: i64) -> Option<Self> {
        let least = (byte_size / MOST_PARTS / MIB + 1) * MIB;
        (byte_size > SINGLE_PUT_LIMIT).then_some(Self { size: least.max(USUAL_PART) })
    }

    /// How many there are of a file of so many bytes.
    pub fn count(self, byte_size: i64) -> i32 {
        i32::try_from((byte_size + self.size - 1) / self.size).unwrap_or(i32::MAX)
    }

    /// The bytes of part `number`, from 1; none if there is no such part.
    pub fn bytes_of(self, number: i32, byte_size: i64) -> Option<i64> {
        let before = self.size * i64::from(number.checked_sub(1)?);
        let left = byte_size - before;
        (number >= 1 && left > 0).then(|| left.min(self.size))
    }
}

/// How long a link to play `duration` may last: long enough for a pause and a second look, between one and twelve
/// hours. A player opens new ranges as it seeks, so the link has to outlive the sitting (media.md 3.6).
pub fn playback_lifetime(duration_seconds: Option<i32>) -> Duration {
    let sitting = Duration::seconds(2 * i64::from(duration_seconds.unwrap_or(0))) + Duration::minutes(15);
    sitting.clamp(Duration::hours(1), Duration::hours(12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_into_equal_parts_and_a_rest() {
        assert_eq!(Parts::of(SINGLE_PUT_LIMIT), None);
        let size = 200 * MIB + 1;
        let parts = Parts::of(size).unwrap();
        assert_eq!((parts.size, parts.count(size)), (8 * MIB, 26));
        assert_eq!(parts.bytes_of(25, size), Some(8 * MIB));
        assert_eq!(parts.bytes_of(26, size), Some(1));
        for nothing in [0, -1, 27, i32::MIN] {
            assert_eq!(parts.bytes_of(nothing, size), None, "{nothing}");
        }
    }

    #[test]
    fn no_file_needs_more_parts_than_s3_takes() {
        for size in [SINGLE_PUT_LIMIT + 1, 80 * 1024 * MIB, 1024 * 1024 * MIB, 5 * 1024 * 1024 * MIB - 1] {
            let parts = Parts::of(size).unwrap();
            assert!(parts.count(size) <= 10_000, "{size}");
            let sum: i64 = (1..=parts.count(size)).filter_map(|number| parts.bytes_of(number, size)).sum();
            assert_eq!(sum, size);
        }
    }

    #[test]
    fn a_link_lasts_for_a_sitting_but_never_for_long() {
        assert_eq!(playback_lifetime(None), Duration::hours(1));
        assert_eq!(playback_lifetime(Some(300)), Duration::hours(1));
        assert_eq!(playback_lifetime(Some(3600)), Duration::minutes(135));
        assert_eq!(playback_lifetime(Some(i32::MAX)), Duration::hours(12));
    }
}
