//! Assets and uploads, and the states they pass through.

use chrono::Duration;
use entity::{assets, uploads};

use crate::kernel::{AssetId, CreatorId, Instant, UploadId, UserId};

/// How long an upload may take.
pub const UPLOAD_LIFETIME: Duration = Duration::hours(24);

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

    /// Where it lies, if it may be shown.
    pub fn ready_key(&self) -> Option<&str> {
        self.object_key.as_deref().filter(|_| self.is_ready())
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
    fn a_link_lasts_for_a_sitting_but_never_for_long() {
        assert_eq!(playback_lifetime(None), Duration::hours(1));
        assert_eq!(playback_lifetime(Some(300)), Duration::hours(1));
        assert_eq!(playback_lifetime(Some(3600)), Duration::minutes(135));
        assert_eq!(playback_lifetime(Some(i32::MAX)), Duration::hours(12));
    }
}
