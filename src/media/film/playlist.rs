//! HLS playlists (RFC 8216bis): read as ffmpeg writes them, kept without addresses, written for one viewer.
//!
//! A rendition is one file; its segments are ranges of it. So a playlist names one address again and again, and
//! whoever may play gets all of it by one signature. Only the lines that we know are kept.

use std::fmt::Write;

use crate::media::model::CaptionTrack;
use crate::media::rendition::{Rendition, RenditionKind};

/// Where the file's address belongs.
pub const ADDRESS: &str = "{address}";
/// The most segments one rendition may have: twelve hours of the shortest.
const MOST_SEGMENTS: usize = 50_000;

/// A part of a rendition's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Bytes.
    pub length: u64,
    /// Bytes before it.
    pub offset: u64,
}

/// A rendition's segments.
#[derive(Clone, Debug, PartialEq)]
pub struct Segments {
    /// What every segment needs first.
    pub header: Range,
    /// Each with its seconds.
    pub parts: Vec<(f64, Range)>,
}

impl Segments {
    /// Reads what ffmpeg wrote with `single_file`; none if it is anything else.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        (lines.next()? == "#EXTM3U").then_some(())?;
        let (mut header, mut parts, mut seconds) = (None, Vec::new(), None);
        for line in lines {
            if let Some(map) = line.strip_prefix("#EXT-X-MAP:") {
                header = range(map.split("BYTERANGE=\"").nth(1)?.strip_suffix('"')?);
            } else if let Some(said) = line.strip_prefix("#EXTINF:") {
                seconds = said.split(',').next()?.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0);
            } else if let Some(said) = line.strip_prefix("#EXT-X-BYTERANGE:") {
                parts.push((seconds.take()?, range(said)?));
            }
        }
        let whole = text.trim_end().ends_with("#EXT-X-ENDLIST");
        let fine = whole && !parts.is_empty() && parts.len() <= MOST_SEGMENTS;
        fine.then_some(Self { header: header?, parts })
    }

    /// How long all of it plays, in seconds.
    pub fn seconds(&self) -> f64 {
        self.parts.iter().map(|(seconds, _)| seconds).sum()
    }

    /// The longest segment, in seconds.
    pub fn longest(&self) -> f64 {
        self.parts.iter().map(|(seconds, _)| *seconds).fold(0.0, f64::max)
    }

    /// The most bits a second that any segment takes.
    pub fn peak_bits(&self) -> u64 {
        let bits = self.parts.iter().map(|(seconds, part)| part.length as f64 * 8.0 / seconds.max(0.5));
        bits.fold(0.0, f64::max).ceil() as u64
    }

    /// When each segment but the first begins, in seconds.
    pub fn beginnings(&self) -> Vec<f64> {
        let mut at = 0.0;
        let ends = self.parts.iter().map(|(seconds, _)| {
            at += seconds;
            at
        });
        let mut beginnings: Vec<f64> = ends.collect();
        beginnings.pop();
        beginnings
    }

    /// Whether a file of `bytes` has everything that is named.
    pub fn lie_within(&self, bytes: u64) -> bool {
        let all = self.parts.iter().map(|(_, range)| range).chain([&self.header]);
        all.into_iter().all(|range| range.offset.checked_add(range.length).is_some_and(|end| end <= bytes))
    }

    /// As it is kept, with [`ADDRESS`] where the address belongs.
    pub fn written(&self) -> String {
        let target = self.longest().round().max(1.0) as u64;
        let Range { length, offset } = self.header;
        let mut text = format!(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:0\n\
             #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n\
             #EXT-X-MAP:URI=\"{ADDRESS}\",BYTERANGE=\"{length}@{offset}\"\n"
        );
        for (seconds, Range { length, offset }) in &self.parts {
            // Writing to a text cannot fail.
            let _ = write!(text, "#EXTINF:{seconds:.6},\n#EXT-X-BYTERANGE:{length}@{offset}\n{ADDRESS}\n");
        }
        text + "#EXT-X-ENDLIST\n"
    }
}

fn range(said: &str) -> Option<Range> {
    let (length, offset) = said.split_once('@')?;
    Some(Range { length: length.parse().ok()?, offset: offset.parse().ok()? })
}

/// The list of all renditions, the best first; each is at `{name}.m3u8` beside it, subtitles at [`captions_file`].
pub fn multivariant(renditions: &[Rendition], captions: &[CaptionTrack]) -> String {
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    for CaptionTrack { language, label, .. } in captions {
        // A quote would end the name: attributes know no escape (RFC 8216, section 4.2).
        let (label, file) = (label.replace('"', "'"), captions_file(language));
        let _ = writeln!(
            text,
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"{label}\",LANGUAGE=\"{language}\",\
             AUTOSELECT=YES,DEFAULT=NO,URI=\"{file}\""
        );
    }
    let subtitled = if captions.is_empty() { "" } else { ",SUBTITLES=\"captions\"" };
    let mut streams: Vec<&Rendition> = renditions.iter().filter(|one| one.is_stream()).collect();
    streams.sort_by_key(|one| std::cmp::Reverse(one.bits_per_second));
    for stream in streams {
        let peak = stream.bits_per_second.unwrap_or_default();
        let average = stream.average_bits().unwrap_or(peak).min(peak);
        let _ = write!(text, "#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average}");
        if let (Some(width), Some(height), RenditionKind::Video) = (stream.width, stream.height, stream.kind)
        {
            let _ = write!(text, ",RESOLUTION={width}x{height}");
        }
        let codecs = stream.codecs.as_deref().unwrap_or_default();
        let _ = write!(text, ",CODECS=\"{codecs}\"{subtitled}\n{}.m3u8\n", stream.name);
    }
    text
}

/// Where the playlist of subtitles is, beside the others.
pub fn captions_file(language: &str) -> String {
    format!("captions-{language}.m3u8")
}

/// The playlist of subtitles: one piece, the whole file, with [`ADDRESS`] where its address belongs.
pub fn captions_playlist(seconds: f64) -> String {
    let target = seconds.ceil().max(1.0) as u64;
    format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{seconds:.3},\n{ADDRESS}\n#EXT-X-ENDLIST\n"
    )
}

/// How H.264 in an MP4 file is named in playlists (RFC 6381), from the box `avcC` in the file's header (ISO/IEC
/// 14496-15, section 5.3.3).
pub fn h264_name(header: &[u8]) -> Option<String> {
    let at = header.windows(4).position(|name| name == b"avcC")?;
    let &[1, profile, constraints, level] = header.get(at + 4..at + 8)? else { return None };
    Some(format!("avc1.{profile:02x}{constraints:02x}{level:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FFMPEG: &str = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n\
        #EXT-X-MAP:URI=\"media.mp4\",BYTERANGE=\"1356@0\"\n#EXTINF:4.000000,\n#EXT-X-BYTERANGE:136893@1356\nmedia.mp4\n\
        #EXTINF:2.000000,\n#EXT-X-BYTERANGE:69306@138249\nmedia.mp4\n#EXT-X-ENDLIST\n";

    #[test]
    fn what_ffmpeg_writes_is_read_and_kept_without_an_address() {
        let Some(read) = Segments::read(FFMPEG) else { unreachable!("it is as ffmpeg writes it") };
        assert_eq!(read.header, Range { length: 1356, offset: 0 });
        assert_eq!(read.parts[1], (2.0, Range { length: 69306, offset: 138_249 }));
        assert_eq!((read.seconds(), read.longest(), read.peak_bits()), (6.0, 4.0, 277_224));
        assert_eq!(read.beginnings(), [4.0]);
        assert!(read.lie_within(207_555) && !read.lie_within(207_554));
        let kept = read.written();
        assert_eq!(kept.matches(ADDRESS).count(), 3);
        assert!(!kept.contains("media.mp4"));
        assert_eq!(Segments::read(&kept), Some(read), "what is written can be read");
    }

    #[test]
    fn anything_else_is_refused() {
        let cut = FFMPEG.trim_end().trim_end_matches("#EXT-X-ENDLIST");
        let odd = FFMPEG.replace("#EXTINF:4.000000", "#EXTINF:inf");
        let without = FFMPEG.replace(",BYTERANGE=\"1356@0\"", "");
        for text in ["", "WEBVTT", cut, &odd, &without] {
            assert_eq!(Segments::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_codec_is_named_by_its_header() {
        assert_eq!(h264_name(b"....avcC\x01\x64\x00\x28\xff").as_deref(), Some("avc1.640028"));
        assert_eq!(h264_name(b"....avcC\x01\x64"), None);
        assert_eq!(h264_name(b"no such box"), None);
    }
}
