//! One of the files that are made of an original film or recording.

use entity::renditions;

use crate::kernel::AssetId;

/// What it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RenditionKind {
    /// Picture and sound, to be streamed.
    Video,
    /// Sound alone, to be streamed.
    Audio,
    /// What is shown before a film plays.
    Poster,
    /// Small pictures of all of a film.
    Storyboard,
}

impl RenditionKind {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Video => "VIDEO",
            Self::Audio => "AUDIO",
            Self::Poster => "POSTER",
            Self::Storyboard => "STORYBOARD",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Video, Self::Audio, Self::Poster, Self::Storyboard]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One of the files that are made of an original; it never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Of which original.
    pub asset: AssetId,
    /// What it is for.
    pub kind: RenditionKind,
    /// What it is called in playlists: `720p`.
    pub name: String,
    /// Pixels; of one small picture for a storyboard.
    pub width: Option<i32>,
    /// Pixels; of one small picture for a storyboard.
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
    /// Its segments or cues, with a gap where the address belongs.
    pub playlist: Option<String>,
}

impl Rendition {
    /// The rendition of a row; none of a kind that this version does not know.
    pub(super) fn read(row: renditions::Model) -> Option<Self> {
        Some(Self {
            asset: row.asset_id.into(),
            kind: RenditionKind::of(&row.kind)?,
            name: row.name,
            width: row.width,
            height: row.height,
            bits_per_second: row.bits_per_second,
            codecs: row.codecs,
            content_type: row.content_type,
            object_key: row.object_key,
            byte_size: row.byte_size,
            duration_ms: row.duration_ms,
            playlist: row.playlist,
        })
    }

    /// Whether players stream it.
    pub fn is_stream(&self) -> bool {
        matches!(self.kind, RenditionKind::Video | RenditionKind::Audio)
    }

    /// Bits a second over all of it.
    pub fn average_bits(&self) -> Option<i64> {
        let millis = self.duration_ms.filter(|millis| *millis > 0)?;
        Some(self.byte_size.saturating_mul(8).saturating_mul(1000) / millis)
    }
}
