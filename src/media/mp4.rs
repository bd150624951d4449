//! How long an MP4 plays and how large its picture is, from its header alone (ISO/IEC 14496-12, sections 4.2 and 8).
//!
//! Only the two header boxes are parsed, never the sample tables: a file of a hundred bytes can claim four thousand
//! million samples, and a parser that believes it takes all memory. What cannot be read stays unknown; it is never a
//! reason to refuse a file that a player may well play.

use std::io::Cursor;
use std::panic::catch_unwind;

use re_mp4::{MvhdBox, ReadBox, TkhdBox};

/// How many top-level boxes are looked at before giving up.
pub const MOST_BOXES: usize = 32;
/// How many bytes of `moov` are read at most.
pub const MOST_HEADER_BYTES: u64 = 4 * 1024 * 1024;
/// The longest box header.
pub const BOX_HEADER: u64 = 16;

/// What a container says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Rounded up; none if the container does not say.
    pub duration_seconds: Option<i32>,
    /// Of the first track with a picture, in pixels.
    pub size: Option<(i32, i32)>,
}

/// The header of one box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Four letters.
    pub name: [u8; 4],
    /// Bytes before the contents.
    pub header_bytes: u64,
    /// Bytes in all; none = to the end of the file.
    pub bytes: Option<u64>,
}

/// The header at the start of `bytes`; `None` if it is cut off or impossible.
pub fn header(bytes: &[u8]) -> Option<Header> {
    let short = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    let name: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    let (header_bytes, size) = match short {
        0 => return Some(Header { name, header_bytes: 8, bytes: None }),
        1 => (16, u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?)),
        short => (8, u64::from(short)),
    };
    (size >= header_bytes).then_some(Header { name, header_bytes, bytes: Some(size) })
}

/// Reads what `moov` (its contents, from its start, possibly cut off) says.
pub fn facts(moov: &[u8]) -> Facts {
    let mut facts = Facts::default();
    for (name, whole) in boxes(moov) {
        match &name {
            b"mvhd" => facts.duration_seconds = duration(whole),
            b"trak" if facts.size.is_none() => {
                let inner = whole.get(8..).unwrap_or_default();
                facts.size = boxes(inner).find(|(name, _)| name == b"tkhd").and_then(|(_, tkhd)| size(tkhd));
            }
            _ => {}
        }
    }
    facts
}

/// The boxes of a row, each with its header; ends at the first that is cut off.
fn boxes(mut row: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let header = header(row)?;
        let bytes = header.bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(row.len());
        let (whole, rest) = row.split_at_checked(bytes)?;
        row = rest;
        Some((header.name, whole))
    })
}

fn duration(mvhd: &[u8]) -> Option<i32> {
    let parsed = parse::<MvhdBox>(mvhd)?;
    let scale = u64::from(parsed.timescale);
    let endless = parsed.duration == u64::MAX || parsed.duration == u64::from(u32::MAX);
    if scale == 0 || parsed.duration == 0 || endless {
        return None;
    }
    i32::try_from(parsed.duration.div_ceil(scale)).ok()
}

fn size(tkhd: &[u8]) -> Option<(i32, i32)> {
    let parsed = parse::<TkhdBox>(tkhd)?;
    let (width, height) = (i32::from(parsed.width.value()), i32::from(parsed.height.value()));
    (width > 0 && height > 0).then_some((width, height))
}

/// The library's reader of one box; it may panic on what nobody meant to write.
fn parse<T: for<'r> ReadBox<&'r mut Cursor<Vec<u8>>>>(whole: &[u8]) -> Option<T> {
    let bytes = whole.get(..whole.len().min(1024))?.to_vec();
    let length = whole.len() as u64;
    catch_unwind(move || {
        let mut reader = Cursor::new(bytes);
        reader.set_position(8);
        T::read_box(&mut reader, length).ok()
    })
    .ok()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn boxed(name: &[u8; 4], inner: &[u8]) -> Vec<u8> {
        let length = u32::try_from(inner.len() + 8).unwrap_or(u32::MAX);
        [&length.to_be_bytes()[..], name, inner].concat()
    }

    fn mvhd(scale: u32, duration: u32) -> Vec<u8> {
        let mut inner = vec![0; 100];
        inner[12..16].copy_from_slice(&scale.to_be_bytes());
        inner[16..20].copy_from_slice(&duration.to_be_bytes());
        boxed(b"mvhd", &inner)
    }

    fn trak(width: u16, height: u16) -> Vec<u8> {
        let mut inner = vec![0; 84];
        inner[76..78].copy_from_slice(&width.to_be_bytes());
        inner[80..82].copy_from_slice(&height.to_be_bytes());
        boxed(b"trak", &boxed(b"tkhd", &inner))
    }

    #[test]
    fn duration_and_size_are_read_from_the_header() {
        let moov = [mvhd(1000, 61_001), trak(0, 0), trak(1280, 720)].concat();
        let expected = Facts { duration_seconds: Some(62), size: Some((1280, 720)) };
        assert_eq!(facts(&moov), expected);
    }

    #[test]
    fn what_is_unknown_or_impossible_is_none() {
        assert_eq!(facts(&mvhd(0, 5)), Facts::default());
        assert_eq!(facts(&mvhd(1000, 0)), Facts::default());
        assert_eq!(facts(&mvhd(1, u32::MAX)), Facts::default());
        assert_eq!(facts(b"moovmoovmoov"), Facts::default());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(noise in prop::collection::vec(any::<u8>(), 0..300), scale: u32, duration: u32) {
            let _ = facts(&noise);
            let _ = facts(&[mvhd(scale, duration), boxed(b"trak", &boxed(b"tkhd", &noise))].concat());
        }
    }
}
