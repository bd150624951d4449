//! Which renditions are made of a file: a few sizes for fast and slow connections, never larger than the original.
//!
//! The first of the list sets where segments begin; the others follow it, so that a player may change between them at
//! every segment. An original that every player can play as it is becomes the first one without being encoded again.

use super::probe::{Picture, Source};

/// One size a film may be made in. The shorter side counts, so that a film held upright is treated like any other.
struct Rung {
    name: &'static str,
    shorter_side: i32,
    kilobits: u32,
}

const RUNGS: [Rung; 3] = [
    Rung { name: "1080p", shorter_side: 1080, kilobits: 5000 },
    Rung { name: "720p", shorter_side: 720, kilobits: 2800 },
    Rung { name: "360p", shorter_side: 360, kilobits: 800 },
];

/// What sound is encoded with, in kilobits a second.
pub const SOUND_KILOBITS: u32 = 128;
/// The most bits a second of sound that is left as it is.
const MOST_SOUND_BITS: u64 = 256_000;
/// The largest rendition, in bytes: what one request may store.
pub const MOST_BYTES: u64 = 5_000_000_000;

/// One rendition to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it is called in playlists.
    pub name: String,
    /// Pixels; none without a picture.
    pub size: Option<(i32, i32)>,
    /// The most the picture may take, in kilobits a second.
    pub kilobits: u32,
    /// Whether the original's picture and sound stay as they are.
    pub as_it_is: bool,
}

impl Wanted {
    /// How much work it is, compared with others.
    pub fn effort(&self) -> u64 {
        let pixels = self.size.map_or(50_000, |(width, height)| {
            u64::try_from(width).unwrap_or(0) * u64::try_from(height).unwrap_or(0)
        });
        if self.as_it_is { pixels / 20 + 1 } else { pixels + 1 }
    }
}

/// The renditions of a file that plays for `seconds`, the one that sets the segments first; never empty.
pub fn ladder(source: &Source, seconds: f64) -> Vec<Wanted> {
    let Some(picture) = &source.picture else { return vec![recording(source)] };
    let shorter = picture.width.min(picture.height);
    let mut wanted: Vec<Wanted> = Vec::new();
    if stays(source, picture, seconds) {
        wanted.push(Wanted {
            name: format!("{shorter}p"),
            size: Some((picture.width, picture.height)),
            kilobits: 0,
            as_it_is: true,
        });
    }
    let below = if wanted.is_empty() { shorter + 1 } else { shorter };
    let smaller = RUNGS.iter().filter(|rung| rung.shorter_side < below);
    wanted.extend(smaller.filter(|rung| fits(rung.kilobits, seconds)).map(|rung| Wanted {
        name: rung.name.to_owned(),
        size: Some(scaled(picture, rung.shorter_side)),
        kilobits: rung.kilobits,
        as_it_is: false,
    }));
    if wanted.is_empty() {
        let side = shorter.min(RUNGS[2].shorter_side);
        let (name, size) = (format!("{side}p"), Some(scaled(picture, side)));
        wanted.push(Wanted { name, size, kilobits: RUNGS[2].kilobits, as_it_is: false });
    }
    wanted
}

fn recording(source: &Source) -> Wanted {
    let as_it_is = source.sound.as_ref().is_some_and(|sound| {
        sound.is_plain && sound.bits_per_second.is_some_and(|bits| bits <= MOST_SOUND_BITS)
    });
    Wanted { name: "sound".to_owned(), size: None, kilobits: 0, as_it_is }
}

/// Whether an original can be streamed as it is: plain, and no more bits than its size deserves.
fn stays(source: &Source, picture: &Picture, seconds: f64) -> bool {
    let shorter = picture.width.min(picture.height);
    let deserves = RUNGS.iter().rev().find(|rung| shorter <= rung.shorter_side).map(|rung| rung.kilobits);
    let Some(most) = deserves else { return false };
    let sound_stays = source.sound.as_ref().is_none_or(|sound| {
        sound.is_plain && sound.bits_per_second.is_none_or(|bits| bits <= MOST_SOUND_BITS)
    });
    let modest = picture.bits_per_second.is_some_and(|bits| bits <= u64::from(most) * 1000);
    let even = picture.width % 2 == 0 && picture.height % 2 == 0;
    picture.is_plain && sound_stays && modest && even && fits(most, seconds)
}

fn fits(kilobits: u32, seconds: f64) -> bool {
    f64::from(kilobits + SOUND_KILOBITS) * 125.0 * seconds < MOST_BYTES as f64
}

/// The picture's size with this shorter side, both sides even as H.264 wants them.
fn scaled(picture: &Picture, shorter_side: i32) -> (i32, i32) {
    let shorter = picture.width.min(picture.height);
    let even = |side: i32| {
        let exact = f64::from(side) * f64::from(shorter_side) / f64::from(shorter);
        ((exact / 2.0).round() as i32 * 2).max(2)
    };
    (even(picture.width), even(picture.height))
}

#[cfg(test)]
mod tests {
    use super::super::probe::Sound;
    use super::*;

    fn film(width: i32, height: i32, is_plain: bool, kilobits: u64) -> Source {
        Source {
            picture: Some(Picture { width, height, is_plain, bits_per_second: Some(kilobits * 1000) }),
            sound: Some(Sound { is_plain: true, bits_per_second: Some(128_000) }),
            seconds: Some(60.0),
            chapters: Vec::new(),
        }
    }

    /// Its name, its size, and whether the original is copied.
    type Rung = (String, Option<(i32, i32)>, bool);

    fn said(source: &Source, seconds: f64) -> Vec<Rung> {
        ladder(source, seconds).into_iter().map(|one| (one.name, one.size, one.as_it_is)).collect()
    }

    #[test]
    fn a_large_film_becomes_three() {
        let made = said(&film(3840, 2160, true, 40_000), 60.0);
        let sizes = [("1080p", (1920, 1080)), ("720p", (1280, 720)), ("360p", (640, 360))];
        assert_eq!(made, sizes.map(|(name, size)| (name.to_owned(), Some(size), false)));
    }

    #[test]
    fn a_plain_film_stays_as_it_is_and_nothing_is_made_larger() {
        let made = said(&film(854, 480, true, 1500), 60.0);
        assert_eq!(made[0], ("480p".to_owned(), Some((854, 480)), true));
        assert_eq!(made[1], ("360p".to_owned(), Some((640, 360)), false));
        assert_eq!(made.len(), 2);
        assert_eq!(said(&film(320, 240, false, 300), 60.0), [("240p".to_owned(), Some((320, 240)), false)]);
    }

    #[test]
    fn a_film_held_upright_is_treated_like_any_other() {
        let made = said(&film(1080, 1920, false, 17_000), 60.0);
        assert_eq!(made[1], ("720p".to_owned(), Some((720, 1280)), false));
        assert_eq!(made.len(), 3);
    }

    #[test]
    fn a_long_film_leaves_out_what_would_be_too_large() {
        let made = said(&film(1920, 1080, false, 5000), 11.9 * 3600.0);
        assert_eq!(made.len(), 1, "{made:?}");
        assert_eq!(made[0].0, "360p");
    }

    #[test]
    fn a_recording_is_made_once() {
        let sound = Some(Sound { is_plain: false, bits_per_second: Some(1_411_000) });
        let made = said(&Source { picture: None, sound, seconds: Some(9.0), chapters: Vec::new() }, 9.0);
        assert_eq!(made, [("sound".to_owned(), None, false)]);
    }
}
