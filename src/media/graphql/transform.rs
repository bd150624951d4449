//! How large a picture is wished for.

use async_graphql::{Enum, InputObject};

/// How a picture fills the box it is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ImageFit {
    /// All of it is seen.
    Contain,
    /// All of the box is filled; what does not fit is cut off by the client.
    Cover,
}

/// What a picture may be encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ImageFormat {
    /// What suits the picture.
    Auto,
    /// AVIF.
    Avif,
    /// WebP.
    Webp,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

/// How large a picture is going to be shown. A wish: the smallest size that is kept and large enough is given, never
/// one that is larger than the picture.
#[derive(Clone, Debug, InputObject)]
pub struct ImageTransform {
    /// The width of the box in CSS pixels or points.
    pub max_width: Option<i32>,
    /// The height of the box in CSS pixels or points.
    pub max_height: Option<i32>,
    /// How the picture fills the box.
    #[graphql(default_with = "Some(ImageFit::Contain)")]
    pub fit: Option<ImageFit>,
    /// What the client would like best. Photographs are JPEG and pictures with clear parts WebP, whatever is asked.
    #[graphql(default_with = "Some(ImageFormat::Auto)")]
    pub format: Option<ImageFormat>,
    /// Pixels of the screen for one of the box, 1 to 4.
    #[graphql(default = 1)]
    pub dpr: Option<i32>,
}

impl ImageTransform {
    /// How many columns of a picture of this size are needed; none = all of them.
    pub(super) fn columns(&self, width: Option<i32>, height: Option<i32>) -> Option<u32> {
        let dpr = f64::from(self.dpr.unwrap_or(1).clamp(1, 4));
        let (own_width, own_height) = (f64::from(width?.max(1)), f64::from(height?.max(1)));
        let scale = |wish: Option<i32>, own: f64| wish.map(|wish| f64::from(wish.max(1)) * dpr / own);
        let scale = match (scale(self.max_width, own_width), scale(self.max_height, own_height)) {
            (Some(across), Some(down)) if self.fit == Some(ImageFit::Cover) => across.max(down),
            (Some(across), Some(down)) => across.min(down),
            (one, other) => one.or(other)?,
        };
        // Sizes are whole and positive, and far below what a float counts exactly.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
        Some((own_width * scale).ceil().min(1e6) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(max_width: Option<i32>, max_height: Option<i32>, fit: ImageFit, dpr: i32) -> ImageTransform {
        ImageTransform { max_width, max_height, fit: Some(fit), format: None, dpr: Some(dpr) }
    }

    fn columns(wish: &ImageTransform) -> Option<u32> {
        wish.columns(Some(2000), Some(1000))
    }

    #[test]
    fn the_box_the_screen_and_the_fit_decide() {
        assert_eq!(columns(&wish(Some(300), None, ImageFit::Contain, 1)), Some(300));
        assert_eq!(columns(&wish(Some(300), None, ImageFit::Contain, 3)), Some(900));
        assert_eq!(columns(&wish(None, Some(300), ImageFit::Contain, 1)), Some(600));
        assert_eq!(columns(&wish(Some(300), Some(300), ImageFit::Contain, 1)), Some(300));
        assert_eq!(columns(&wish(Some(300), Some(300), ImageFit::Cover, 1)), Some(600));
        assert_eq!(columns(&wish(None, None, ImageFit::Cover, 2)), None);
    }

    #[test]
    fn nonsense_is_brought_within_bounds() {
        assert_eq!(columns(&wish(Some(-5), None, ImageFit::Contain, 99)), Some(4));
        assert_eq!(columns(&wish(Some(i32::MAX), None, ImageFit::Contain, 4)), Some(1_000_000));
        assert_eq!(wish(Some(10), None, ImageFit::Contain, 1).columns(None, None), None);
    }
}
