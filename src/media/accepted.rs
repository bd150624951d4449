//! Which files are accepted: a closed list of types, what each may turn out to be, and how large it may be.
//!
//! A type is what the uploader promises and what we serve; `sniffed` is what its first bytes may say. No HTML, no SVG:
//! nothing here is run by a browser. Audio in an MP4 container often carries a brand of video, so it may look like it;
//! the other way round is a lie. Office files are ZIP archives and may look like one.

use super::model::{Kind, Purpose};
use super::refusals::MediaRefusal;

/// The bytes one studio may keep.
pub const STUDIO_QUOTA: i64 = 100 * 1024 * MIB;
/// The uploads one person may have open at once.
pub const MOST_OPEN_UPLOADS: u64 = 20;

const MIB: i64 = 1024 * 1024;

/// One accepted type.
#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    /// As we serve it.
    pub content_type: &'static str,
    /// Other names clients have for it.
    aliases: &'static [&'static str],
    /// What sort of file it is.
    pub kind: Kind,
    /// What `infer` may call its first bytes; empty = text that it does not know.
    pub sniffed: &'static [&'static str],
}

const fn image(content_type: &'static str, sniffed: &'static [&'static str]) -> Accepted {
    Accepted { content_type, aliases: &[], kind: Kind::Image, sniffed }
}

const fn document(content_type: &'static str, sniffed: &'static [&'static str]) -> Accepted {
    Accepted { content_type, aliases: &[], kind: Kind::Document, sniffed }
}

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const POWERPOINT: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// All accepted types.
pub const TYPES: &[Accepted] = &[
    Accepted { aliases: &["image/jpg"], ..image("image/jpeg", &["image/jpeg"]) },
    image("image/png", &["image/png"]),
    image("image/webp", &["image/webp"]),
    image("image/gif", &["image/gif"]),
    Accepted {
        content_type: "video/mp4",
        aliases: &["video/x-m4v"],
        kind: Kind::Video,
        sniffed: &["video/mp4", "video/x-m4v"],
    },
    Accepted {
        content_type: "video/quicktime",
        aliases: &[],
        kind: Kind::Video,
        sniffed: &["video/quicktime"],
    },
    Accepted { content_type: "video/webm", aliases: &[], kind: Kind::Video, sniffed: &["video/webm"] },
    Accepted {
        content_type: "audio/mpeg",
        aliases: &["audio/mp3"],
        kind: Kind::Audio,
        sniffed: &["audio/mpeg"],
    },
    Accepted {
        content_type: "audio/mp4",
        aliases: &["audio/m4a", "audio/x-m4a"],
        kind: Kind::Audio,
        sniffed: &["audio/m4a", "video/mp4"],
    },
    Accepted {
        content_type: "audio/ogg",
        aliases: &["audio/opus"],
        kind: Kind::Audio,
        sniffed: &["audio/ogg", "audio/opus"],
    },
    Accepted {
        content_type: "audio/wav",
        aliases: &["audio/x-wav", "audio/wave"],
        kind: Kind::Audio,
        sniffed: &["audio/x-wav"],
    },
    Accepted {
        content_type: "audio/flac",
        aliases: &["audio/x-flac"],
        kind: Kind::Audio,
        sniffed: &["audio/x-flac"],
    },
    document("application/pdf", &["application/pdf"]),
    document("application/epub+zip", &["application/epub+zip", "application/zip"]),
    document(WORD, &[WORD, "application/zip"]),
    document(EXCEL, &[EXCEL, "application/zip"]),
    document(POWERPOINT, &[POWERPOINT, "application/zip"]),
    Accepted {
        content_type: "application/zip",
        aliases: &["application/x-zip-compressed"],
        kind: Kind::Archive,
        sniffed: &["application/zip"],
    },
    Accepted { content_type: "text/vtt", aliases: &[], kind: Kind::Captions, sniffed: &[] },
];

/// The type a client names, with or without parameters, in any case.
pub fn named(content_type: &str) -> Option<&'static Accepted> {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    TYPES.iter().find(|known| known.content_type == essence || known.aliases.contains(&essence.as_str()))
}

impl Purpose {
    /// What sorts of files serve this purpose.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::LessonMedia => &[Kind::Video, Kind::Audio],
            Self::Cover | Self::Avatar => &[Kind::Image],
            Self::Trailer => &[Kind::Video],
            Self::Attachment => &[Kind::Document, Kind::Archive, Kind::Image, Kind::Audio],
            Self::Captions => &[Kind::Captions],
        }
    }

    /// Whether it belongs to a person and not to a studio.
    pub fn is_personal(self) -> bool {
        self == Self::Avatar
    }
}

impl Kind {
    /// The most bytes such a file may have.
    pub fn most_bytes(self) -> i64 {
        match self {
            Self::Image => 25 * MIB,
            Self::Captions => MIB,
            Self::Document => 500 * MIB,
            Self::Audio | Self::Archive => 2 * 1024 * MIB,
            // What S3 copies in one call; about five hours of full HD from a phone.
            Self::Video => 5 * 1024 * MIB,
        }
    }
}

/// The accepted type for a purpose, or why it is not.
pub fn for_purpose(purpose: Purpose, content_type: &str) -> Result<&'static Accepted, MediaRefusal> {
    let fits = named(content_type).filter(|accepted| purpose.kinds().contains(&accepted.kind));
    fits.ok_or_else(|| {
        let kinds = purpose.kinds();
        let welcome =
            TYPES.iter().filter(|known| kinds.contains(&known.kind)).map(|known| known.content_type);
        MediaRefusal::TypeNotAccepted { accepted: welcome.collect::<Vec<_>>().join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_by_its_other_names_and_in_any_case() {
        let jpeg = for_purpose(Purpose::Cover, "Image/JPG; charset=binary");
        assert_eq!(jpeg.map(|accepted| accepted.content_type), Ok("image/jpeg"));
    }

    #[test]
    fn what_a_browser_would_run_is_never_accepted() {
        for content_type in ["text/html", "image/svg+xml", "application/javascript", "text/xml", ""] {
            assert_eq!(named(content_type), None, "{content_type}");
        }
    }

    #[test]
    fn a_video_is_no_cover_and_the_refusal_says_what_is() {
        let Err(refusal) = for_purpose(Purpose::Cover, "video/mp4") else { panic!("accepted") };
        assert!(refusal.to_string().contains("image/png"), "{refusal}");
    }
}
