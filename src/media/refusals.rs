//! The ways media says no.

use crate::kernel::{Code, Refusal};

/// Why a media action did nothing, or refused a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaRefusal {
    /// The type does not fit the purpose.
    #[error("This kind of file is not accepted here. Accepted are: {accepted}.")]
    TypeNotAccepted {
        /// Content types, with commas.
        accepted: String,
    },
    /// Nothing can be uploaded as nothing.
    #[error("The file is empty.")]
    Empty,
    /// Above the limit of its kind.
    #[error("The file may have at most {} MiB.", .0 / 1_048_576)]
    TooLarge(i64),
    /// Not 64 hex digits.
    #[error("A SHA-256 is written as 64 hexadecimal digits.")]
    HashMalformed,
    /// A studio's file without a studio.
    #[error("Say which creator this file is for.")]
    CreatorRequired,
    /// A portrait belongs to a person.
    #[error("A portrait belongs to a person: leave the creator out. A creator's own picture is a COVER.")]
    CreatorNotAllowed,
    /// The address is not proven.
    #[error("Prove your e-mail address first, then upload.")]
    EmailNotVerified,
    /// Too many begun and not finished.
    #[error("You have {0} uploads under way. Finish or abort some of them first.")]
    TooManyOpen(u64),
    /// The studio is full.
    #[error(
        "This studio has room for {} MiB more; it may keep {} GiB. Delete some files first.",
        .left / 1_048_576,
        .of / 1_073_741_824
    )]
    QuotaReached {
        /// Bytes.
        left: i64,
        /// Bytes.
        of: i64,
    },
    /// The key was used for another upload.
    #[error("This idempotency key was used for another upload. Use a new key for a new file.")]
    KeyReused,
    /// It took too long, or was given up.
    #[error("This upload has expired or was aborted. Begin a new one.")]
    UploadExpired,
    /// Too late to give it up.
    #[error("This upload is over: its file was verified or refused. Delete the file instead.")]
    UploadOver,
    /// Nothing has arrived.
    #[error("No bytes have arrived yet. Send the file to the upload's target first, then complete it.")]
    NothingArrived,
    /// Some of it has arrived.
    #[error(
        "{missing} of {count} parts have not arrived whole, the first of them number {first}. Send them, then complete again."
    )]
    PartsMissing {
        /// How many.
        missing: usize,
        /// Of how many.
        count: i32,
        /// The lowest number.
        first: i32,
    },
    /// A part is another than the client sent.
    #[error("Part {0} arrived as other bytes than its etag says. Send it again, then complete again.")]
    PartDiffers(i32),
    /// Only large files have parts.
    #[error("This upload comes in one piece: use its target.")]
    NoParts,
    /// No such part.
    #[error("Parts are numbered from 1 to {0}.")]
    NoSuchPart(i32),
    /// Too many at once.
    #[error("Ask for 1 to {0} parts at once.")]
    TooManyParts(usize),
    /// Other than promised.
    #[error(
        "{arrived} bytes arrived where {promised} were promised. The file was removed; begin a new upload."
    )]
    SizeDiffers {
        /// Bytes.
        promised: i64,
        /// Bytes.
        arrived: u64,
    },
    /// Other than promised.
    #[error(
        "What arrived is not the file that was promised: its SHA-256 differs. It was removed; begin a new upload."
    )]
    HashDiffers,
    /// Other than promised.
    #[error("What arrived is not {promised}, but {found}. It was removed; upload the file as what it is.")]
    TypeDiffers {
        /// Content type.
        promised: String,
        /// Content type, or "something we do not know".
        found: String,
    },
    /// Dimensions could not be read.
    #[error("This picture cannot be read. It was removed; save it again and upload that.")]
    PictureUnreadable,
    /// Beyond what anybody needs.
    #[error(
        "A picture may have at most 12,000 pixels a side and 25 million in all; this one has {width} x {height}. It was removed."
    )]
    PictureTooLarge {
        /// Pixels.
        width: usize,
        /// Pixels.
        height: usize,
    },
    /// It was refused before.
    #[error("This file was refused when it was checked. Begin a new upload.")]
    AlreadyRefused,
    /// Not WebVTT, or not in order.
    #[error(
        "Line {line} of these subtitles {what}. They were removed; mend that line and upload them again."
    )]
    CaptionsWrong {
        /// From 1.
        line: usize,
        /// The rest of the sentence.
        what: &'static str,
    },
    /// Pictures have none.
    #[error("Only films and recordings have subtitles.")]
    NoCaptionsHere,
    /// Enough.
    #[error("A film has subtitles in at most {0} languages.")]
    TooManyTracks(usize),
    /// Pictures have none.
    #[error("Only films and recordings have chapters.")]
    NoChaptersHere,
    /// Enough.
    #[error("A film has at most {0} chapters.")]
    TooManyChapters(usize),
    /// Before the beginning or after the end.
    #[error("A chapter begins inside its film: from second 0 on, and before second {0}.")]
    ChapterOutside(i32),
    /// At the same time as another, or before it.
    #[error("Chapters stand in order: each begins later than the one before it.")]
    ChapterOutOfOrder,
    /// Something shows it.
    #[error("A published course or a page still uses this file. Replace it there first.")]
    InUse,
    /// Not there yet, or failed.
    #[error("This file is not ready: complete its upload first.")]
    NotReady,
    /// A document as a cover, and the like.
    #[error("This file is of another kind than is needed here.")]
    WrongKind,
}

impl Refusal for MediaRefusal {
    fn code(&self) -> Code {
        match self {
            Self::TypeNotAccepted { .. }
            | Self::TypeDiffers { .. }
            | Self::PictureUnreadable
            | Self::CaptionsWrong { .. }
            | Self::PictureTooLarge { .. }
            | Self::WrongKind => Code::UnsupportedMedia,
            Self::Empty => Code::OutOfRange,
            Self::TooLarge(_) => Code::FileTooLarge,
            Self::HashMalformed => Code::Invalid,
            Self::CreatorRequired => Code::Required,
            Self::CreatorNotAllowed => Code::NotAllowed,
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::TooManyOpen(_) | Self::QuotaReached { .. } => Code::LimitReached,
            Self::KeyReused => Code::IdempotencyKeyReused,
            Self::UploadExpired => Code::UploadExpired,
            Self::UploadOver | Self::AlreadyRefused => Code::InvalidState,
            Self::NothingArrived | Self::PartsMissing { .. } | Self::SizeDiffers { .. } => {
                Code::UploadIncomplete
            }
            Self::HashDiffers | Self::PartDiffers(_) => Code::ChecksumMismatch,
            Self::NoParts => Code::InvalidState,
            Self::NoCaptionsHere | Self::NoChaptersHere => Code::NotAllowed,
            Self::TooManyTracks(_) => Code::LimitReached,
            Self::NoSuchPart(_) | Self::ChapterOutside(_) => Code::OutOfRange,
            Self::ChapterOutOfOrder => Code::Invalid,
            Self::TooManyParts(_) | Self::TooManyChapters(_) => Code::TooMany,
            Self::InUse => Code::AssetInUse,
            Self::NotReady => Code::AssetNotReady,
        }
    }
}
