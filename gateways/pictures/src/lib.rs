//! Making pictures anew: what people see was encoded by us, never by an uploader.
//!
//! Kept true: no byte of an uploaded picture is served, so neither where a photograph was taken nor a script hidden in
//! it gets out; the picture stands upright; nobody waits for more pixels than their screen has; memory is bounded by
//! the pixels, not by what a file claims. Pure: bytes in, bytes out.
//! Not here: animations (the first frame stays), colour profiles, where anything is kept (`atelier::media`). A crate of
//! its own so that it is optimised even where nothing else is. Why: docs/decisions/0024-uploads-and-pictures.md.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageReader, Limits, RgbImage, RgbaImage};

/// The widths a picture is kept in, in pixels, besides its own.
pub const WIDTHS: [u32; 6] = [160, 320, 640, 960, 1280, 1920];
/// No side of a kept picture is longer.
const LONGEST_KEPT: u32 = 2560;
/// Most bytes of decoded pixels.
const MOST_DECODED: u64 = 100_000_000;
/// Good for photographs, as most sites have it.
const JPEG_QUALITY: u8 = 82;
/// ThumbHash looks at no more.
const THUMB: u32 = 100;

/// Why a picture could not be made anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Broken, cut short, or of a format that is not decoded here.
    #[error("the picture cannot be decoded")]
    Unreadable,
    /// Its pixels would take more than 100 MB.
    #[error("the picture has {width} x {height} pixels, too many to be decoded")]
    TooLarge {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// A picture made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// Of all sizes: JPEG, or lossless WebP where something shines through.
    pub content_type: &'static str,
    /// The picture itself.
    pub whole: Vec<u8>,
    /// Smaller ones, the largest first: width and bytes.
    pub smaller: Vec<(u32, Vec<u8>)>,
    /// Base64 of the ThumbHash, for the moment before it has loaded.
    pub thumbhash: String,
}

/// Decodes, turns upright, and encodes in all sizes. Slow: off the async threads.
pub fn make(bytes: &[u8]) -> Result<Picture, PictureError> {
    let pixels = within(Pixels::of(upright(bytes)?), LONGEST_KEPT);
    let mut smaller = Vec::new();
    // Each size is made from the one above it, which has a quarter of the pixels of the one above that.
    let mut above = None;
    for width in WIDTHS.into_iter().rev().filter(|width| *width < pixels.width()) {
        let size = above.as_ref().unwrap_or(&pixels).narrowed(width);
        smaller.push((width, size.encoded()?));
        above = Some(size);
    }
    Ok(Picture {
        width: pixels.width(),
        height: pixels.height(),
        content_type: pixels.content_type(),
        whole: pixels.encoded()?,
        thumbhash: above.as_ref().unwrap_or(&pixels).thumbhash(),
        smaller,
    })
}

fn upright(bytes: &[u8]) -> Result<DynamicImage, PictureError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut decoder = reader.map_err(|_| PictureError::Unreadable)?.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_DECODED);
    let fits = limits.reserve(decoder.total_bytes()).is_ok();
    if !fits {
        return Err(PictureError::TooLarge { width, height });
    }
    decoder.set_limits(limits).map_err(unreadable)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn unreadable(error: ImageError) -> PictureError {
    tracing::debug!(%error, "a picture cannot be decoded");
    PictureError::Unreadable
}

fn within(pixels: Pixels, longest: u32) -> Pixels {
    let side = pixels.width().max(pixels.height());
    if side <= longest {
        return pixels;
    }
    let fitting = |length: u32| scaled(length, longest, side);
    pixels.resized(fitting(pixels.width()), fitting(pixels.height()))
}

/// `length` by the ratio of `to` and `from`, never nothing.
fn scaled(length: u32, to: u32, from: u32) -> u32 {
    let scaled = u64::from(length) * u64::from(to) / u64::from(from.max(1));
    u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
}

/// Eight bits a channel; with a fourth only where something shines through.
enum Pixels {
    Opaque(RgbImage),
    Clear(RgbaImage),
}

impl Pixels {
    fn of(picture: DynamicImage) -> Self {
        if !picture.color().has_alpha() {
            return Self::Opaque(picture.into_rgb8());
        }
        let clear = picture.into_rgba8();
        if clear.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
            return Self::Opaque(DynamicImage::ImageRgba8(clear).into_rgb8());
        }
        Self::Clear(clear)
    }

    fn width(&self) -> u32 {
        match self {
            Self::Opaque(pixels) => pixels.width(),
            Self::Clear(pixels) => pixels.width(),
        }
    }

    fn height(&self) -> u32 {
        match self {
            Self::Opaque(pixels) => pixels.height(),
            Self::Clear(pixels) => pixels.height(),
        }
    }

    fn content_type(&self) -> &'static str {
        match self {
            Self::Opaque(_) => "image/jpeg",
            Self::Clear(_) => "image/webp",
        }
    }

    /// The same picture with so many columns, in its proportions.
    fn narrowed(&self, width: u32) -> Self {
        self.resized(width, scaled(self.height(), width, self.width()))
    }

    fn resized(&self, width: u32, height: u32) -> Self {
        match self {
            Self::Opaque(pixels) => {
                Self::Opaque(image::imageops::resize(pixels, width, height, FilterType::Triangle))
            }
            Self::Clear(pixels) => {
                Self::Clear(image::imageops::resize(pixels, width, height, FilterType::Triangle))
            }
        }
    }

    fn encoded(&self) -> Result<Vec<u8>, PictureError> {
        let mut bytes = Vec::new();
        let done = match self {
            Self::Opaque(pixels) => {
                pixels.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))
            }
            Self::Clear(pixels) => pixels.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)),
        };
        done.map_err(unreadable)?;
        Ok(bytes)
    }

    fn thumbhash(&self) -> String {
        let side = self.width().max(self.height()).max(THUMB);
        let small = self.resized(scaled(self.width(), THUMB, side), scaled(self.height(), THUMB, side));
        let small = match small {
            Self::Opaque(pixels) => DynamicImage::ImageRgb8(pixels).into_rgba8(),
            Self::Clear(pixels) => pixels,
        };
        let (width, height) = (small.width() as usize, small.height() as usize);
        BASE64.encode(thumbhash::rgba_to_thumb_hash(width, height, small.as_raw()))
    }
}

/// The size to show for a wish: the narrowest kept one that is at least as wide, or the picture itself.
pub fn snapped(wanted: u32, own_width: u32) -> Option<u32> {
    WIDTHS.into_iter().find(|width| *width >= wanted && *width < own_width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, Rgba};

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn photograph(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x % 256) as u8, (y % 256) as u8, 90])
        }))
    }

    fn size_of(bytes: &[u8]) -> (u32, u32) {
        let picture = image::load_from_memory(bytes).unwrap();
        (picture.width(), picture.height())
    }

    #[test]
    fn a_photograph_is_kept_in_every_size_below_its_own() {
        let made = make(&encoded(&photograph(700, 350), ImageFormat::Png)).unwrap();
        assert_eq!((made.width, made.height, made.content_type), (700, 350, "image/jpeg"));
        assert_eq!(size_of(&made.whole), (700, 350));
        let sizes: Vec<(u32, (u32, u32))> =
            made.smaller.iter().map(|(width, bytes)| (*width, size_of(bytes))).collect();
        assert_eq!(sizes, [(640, (640, 320)), (320, (320, 160)), (160, (160, 80))]);
        assert!(BASE64.decode(made.thumbhash).unwrap().len() < 40);
    }

    #[test]
    fn a_large_photograph_is_kept_no_larger_than_screens_are() {
        let made = make(&encoded(&photograph(3000, 1500), ImageFormat::Jpeg)).unwrap();
        assert_eq!((made.width, made.height), (2560, 1280));
        assert_eq!(made.smaller.len(), WIDTHS.len());
        let tower = make(&encoded(&photograph(1, 6000), ImageFormat::Png)).unwrap();
        assert_eq!((tower.width, tower.height), (1, 2560));
    }

    #[test]
    fn what_shines_through_stays_clear() {
        let logo = RgbaImage::from_fn(200, 100, |x, _| Rgba([200, 10, 10, if x < 100 { 0 } else { 255 }]));
        let made = make(&encoded(&DynamicImage::ImageRgba8(logo), ImageFormat::Png)).unwrap();
        assert_eq!(made.content_type, "image/webp");
        let shown = image::load_from_memory(&made.whole).unwrap().into_rgba8();
        assert_eq!((shown.get_pixel(10, 50).0[3], shown.get_pixel(150, 50).0[3]), (0, 255));
    }

    /// A JPEG with an EXIF block that says "turned by a quarter" and where it was taken.
    fn turned() -> Vec<u8> {
        let jpeg = encoded(&photograph(60, 40), ImageFormat::Jpeg);
        let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        tiff.extend_from_slice(b"GPS 52.5200 N 13.4050 E");
        let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
        [&jpeg[..2], b"\xff\xe1", &length, b"Exif\0\0", &tiff, &jpeg[2..]].concat()
    }

    #[test]
    fn a_photograph_stands_upright_and_does_not_say_where_it_was_taken() {
        let photo = turned();
        assert!(photo.windows(3).any(|window| window == b"GPS"));
        let made = make(&photo).unwrap();
        assert_eq!((made.width, made.height), (40, 60));
        assert!(!made.whole.windows(4).any(|window| window == b"Exif"));
        assert!(!made.whole.windows(3).any(|window| window == b"GPS"));
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        let whole = encoded(&photograph(300, 300), ImageFormat::Png);
        for broken in [&whole[..whole.len() / 2], b"\x89PNG\r\n\x1a\n", b"GIF89a", b""] {
            assert_eq!(make(broken), Err(PictureError::Unreadable));
        }
    }

    #[test]
    fn more_pixels_than_memory_are_refused_before_they_are_decoded() {
        let bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x2e\xe0\0\0\x2e\xe0\x08\x06\0\0\0";
        let crc = crc_of(&bomb[12..]);
        let bomb = [&bomb[..], &crc, b"\0\0\0\0IDAT\x35\xaf\x06\x1e"].concat();
        assert_eq!(make(&bomb), Err(PictureError::TooLarge { width: 12_000, height: 12_000 }));
    }

    /// PNG's checksum (its specification, annex D).
    fn crc_of(bytes: &[u8]) -> [u8; 4] {
        let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 }
            })
        });
        (!crc).to_be_bytes()
    }

    #[test]
    fn a_wish_snaps_to_the_next_size_up() {
        assert_eq!(snapped(100, 2000), Some(160));
        assert_eq!(snapped(160, 2000), Some(160));
        assert_eq!(snapped(161, 2000), Some(320));
        assert_eq!(snapped(1900, 1910), None, "the picture itself");
        assert_eq!(snapped(5000, 2560), None);
        assert_eq!(snapped(200, 250), None);
    }
}
