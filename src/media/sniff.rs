//! What a file's first bytes say it is, whatever its uploader says. Pure: bytes in, verdict out.
//!
//! Subtitles are plain text that no sniffer knows, so they are read as the standard says (WebVTT, section 4.1). Pictures
//! are measured from their header, without decoding, so that a small file with gigantic dimensions costs nothing.

use super::accepted::Accepted;
use super::model::Kind;
use super::refusals::MediaRefusal;

/// How many of the first bytes decide the type.
pub const HEAD_BYTES: u64 = 64 * 1024;

const LONGEST_SIDE: usize = 12_000;
/// Decoded, they take 100 MB.
const MOST_PIXELS: usize = 25_000_000;

/// Whether the first bytes agree with what was promised.
pub fn check(promised: &Accepted, head: &[u8]) -> Result<(), MediaRefusal> {
    let found = infer::get(head).map(|found| found.mime_type());
    let agrees = match promised.kind {
        Kind::Captions => found.is_none() && is_webvtt(head),
        _ => found.is_some_and(|found| promised.sniffed.contains(&found)),
    };
    if agrees {
        return Ok(());
    }
    Err(MediaRefusal::TypeDiffers {
        promised: promised.content_type.to_owned(),
        found: found.unwrap_or("something we do not know").to_owned(),
    })
}

fn is_webvtt(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Cut in the middle of a character: what comes before it counts.
        Err(cut) if cut.error_len().is_none() => {
            std::str::from_utf8(&head[..cut.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.split(['\n', '\r']).next().unwrap_or_default();
    first.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        && !text.contains('\0')
}

/// Width and height in pixels. `None` if the header is longer than `bytes`.
pub fn picture_size(bytes: &[u8]) -> Option<(usize, usize)> {
    imagesize::blob_size(bytes).ok().map(|size| (size.width, size.height))
}

/// Dimensions within the limits, as the database keeps them.
pub fn within_limits((width, height): (usize, usize)) -> Result<(i32, i32), MediaRefusal> {
    let too_large = MediaRefusal::PictureTooLarge { width, height };
    if width == 0 || height == 0 {
        return Err(MediaRefusal::PictureUnreadable);
    }
    if width > LONGEST_SIDE || height > LONGEST_SIDE || width.saturating_mul(height) > MOST_PIXELS {
        return Err(too_large);
    }
    match (i32::try_from(width), i32::try_from(height)) {
        (Ok(width), Ok(height)) => Ok((width, height)),
        _ => Err(too_large),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::accepted::named;
    use proptest::prelude::*;

    fn verdict(promised: &str, head: &[u8]) -> Option<Result<(), MediaRefusal>> {
        named(promised).map(|accepted| check(accepted, head))
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0";

    #[test]
    fn a_picture_is_what_it_says() {
        assert_eq!(verdict("image/png", PNG), Some(Ok(())));
        assert!(matches!(verdict("image/jpeg", PNG), Some(Err(MediaRefusal::TypeDiffers { .. }))));
        assert!(matches!(verdict("video/mp4", PNG), Some(Err(MediaRefusal::TypeDiffers { .. }))));
    }

    #[test]
    fn a_page_is_never_a_picture_nor_subtitles() {
        let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
        for promised in ["image/png", "text/vtt", "application/pdf"] {
            assert!(matches!(verdict(promised, page), Some(Err(_))), "{promised}");
        }
    }

    #[test]
    fn a_video_brand_may_be_audio_but_audio_is_no_video() {
        let m4a = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0";
        let mp4 = b"\0\0\0\x20ftypisom\0\0\0\0isomiso2avc1mp41";
        assert_eq!(verdict("audio/mp4", mp4), Some(Ok(())));
        assert_eq!(verdict("audio/mp4", m4a), Some(Ok(())));
        assert!(matches!(verdict("video/mp4", m4a), Some(Err(_))));
    }

    #[test]
    fn subtitles_begin_with_their_name() {
        assert_eq!(verdict("text/vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi"), Some(Ok(())));
        assert_eq!(verdict("text/vtt", "\u{feff}WEBVTT title\n".as_bytes()), Some(Ok(())));
        assert!(matches!(verdict("text/vtt", b"WEBVTTX\n"), Some(Err(_))));
        assert!(matches!(verdict("text/vtt", b"\xff\xfeW"), Some(Err(_))));
    }

    #[test]
    fn a_bomb_of_pixels_is_measured_and_refused() {
        assert_eq!(picture_size(PNG), Some((30_000, 30_000)));
        assert_eq!(within_limits((4000, 3000)), Ok((4000, 3000)));
        for size in [(12_001, 1), (10_000, 10_000), (0, 5)] {
            assert!(within_limits(size).is_err(), "{size:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(head in prop::collection::vec(any::<u8>(), 0..600)) {
            for accepted in crate::media::accepted::TYPES {
                let _ = check(accepted, &head);
            }
            let _ = picture_size(&head);
        }
    }
}
