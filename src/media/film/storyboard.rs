//! The preview that players show while somebody drags along a film: many small pictures in one, and which belongs to
//! which seconds (WebVTT with media fragments, as players have agreed on).

use std::fmt::Write;

use super::playlist::ADDRESS;

/// Small pictures side by side.
pub const COLUMNS: u32 = 10;
/// The most small pictures.
const MOST: f64 = 100.0;
/// The least seconds one of them stands for.
const LEAST_SECONDS: f64 = 2.0;
/// The longer side of a small picture, in pixels.
const LONGER_SIDE: f64 = 160.0;

/// How a film's preview is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// Seconds that one small picture stands for; whole ones.
    pub every: u32,
    /// Small pictures.
    pub count: u32,
    /// Of one, in pixels.
    pub width: i32,
    /// Of one, in pixels.
    pub height: i32,
}

impl Layout {
    /// The layout for a film of this length and shape.
    pub fn of(seconds: f64, (width, height): (i32, i32)) -> Self {
        let every = (seconds / MOST).max(LEAST_SECONDS).ceil();
        let count = (seconds / every).ceil().clamp(1.0, MOST);
        let shrunk = LONGER_SIDE / f64::from(width.max(height).max(1));
        let side = |side: i32| ((f64::from(side) * shrunk / 2.0).round() as i32 * 2).max(2);
        Self { every: every as u32, count: count as u32, width: side(width), height: side(height) }
    }

    /// Lines of small pictures.
    pub fn rows(&self) -> u32 {
        self.count.div_ceil(COLUMNS)
    }

    /// Which part of the picture belongs to which seconds, with [`ADDRESS`] where the picture's address belongs.
    pub fn cues(&self, seconds: f64) -> String {
        let mut text = "WEBVTT\n".to_owned();
        for number in 0..self.count {
            let begins = f64::from(number * self.every);
            let ends = if number + 1 == self.count {
                seconds.max(begins + 0.001)
            } else {
                begins + f64::from(self.every)
            };
            let (column, row) = (number % COLUMNS, number / COLUMNS);
            let (x, y) = (i64::from(column) * i64::from(self.width), i64::from(row) * i64::from(self.height));
            // Writing to a text cannot fail.
            let _ = write!(
                text,
                "\n{} --> {}\n{ADDRESS}#xywh={x},{y},{},{}\n",
                clock(begins),
                clock(ends),
                self.width,
                self.height
            );
        }
        text
    }
}

fn clock(seconds: f64) -> String {
    let millis = (seconds * 1000.0).round() as u64;
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", millis / 1000 % 60, millis % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_film_has_a_few_and_a_long_one_a_hundred() {
        let short = Layout::of(10.0, (640, 360));
        assert_eq!(short, Layout { every: 2, count: 5, width: 160, height: 90 });
        assert_eq!(short.rows(), 1);
        let long = Layout::of(7200.0, (1080, 1920));
        assert_eq!((long.every, long.count, long.rows(), long.width, long.height), (72, 100, 10, 90, 160));
        assert_eq!(Layout::of(0.04, (640, 360)).count, 1);
    }

    #[test]
    fn every_second_has_its_picture() {
        let cues = Layout::of(25.5, (640, 360)).cues(25.5);
        assert!(
            cues.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n{address}#xywh=0,0,160,90\n"),
            "{cues}"
        );
        assert!(cues.contains("00:00:20.000 --> 00:00:22.000\n{address}#xywh=0,90,160,90\n"), "{cues}");
        assert!(cues.ends_with("00:00:24.000 --> 00:00:25.500\n{address}#xywh=320,90,160,90\n"), "{cues}");
    }
}
