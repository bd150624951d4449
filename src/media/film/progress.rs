//! How far processing is: what ffmpeg says of itself (`-progress`), added up over everything that is to be made.

/// All of it, in basis points.
const WHOLE: f64 = 10_000.0;

/// Seconds of the film that are done, from one line of `-progress`; none for other lines.
pub fn seconds_done(line: &str) -> Option<f64> {
    // `out_time_ms` is in microseconds too: an old mistake that ffmpeg keeps.
    let micros: i64 = line.trim().strip_prefix("out_time_us=")?.parse().ok()?;
    u32::try_from(micros.max(0) / 1000).ok().map(|millis| f64::from(millis) / 1000.0)
}

/// What is to be made, and how much of it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Efforts {
    whole: u64,
    done: u64,
}

impl Efforts {
    /// Something more that is to be made.
    pub fn plan(&mut self, effort: u64) {
        self.whole += effort;
    }

    /// Something of this effort is finished.
    pub fn finish(&mut self, effort: u64) {
        self.done = (self.done + effort).min(self.whole);
    }

    /// Basis points in all, while something of this effort is done up to `part` (0 to 1). Never all of it: that is
    /// for READY to say.
    pub fn basis_points(&self, effort: u64, part: f64) -> i32 {
        if self.whole == 0 {
            return 0;
        }
        let done = self.done as f64 + effort as f64 * part.clamp(0.0, 1.0);
        ((done / self.whole as f64 * WHOLE) as i32).clamp(0, 9_999)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        assert_eq!(seconds_done("out_time_us=4500000"), Some(4.5));
        assert_eq!(seconds_done("out_time_us=-23220"), Some(0.0));
        for other in ["out_time_us=N/A", "out_time=00:00:04.500000", "progress=end", ""] {
            assert_eq!(seconds_done(other), None, "{other}");
        }
    }

    #[test]
    fn efforts_add_up_and_never_say_that_all_is_done() {
        let mut efforts = Efforts::default();
        assert_eq!(efforts.basis_points(1, 1.0), 0);
        efforts.plan(300);
        efforts.plan(100);
        assert_eq!(efforts.basis_points(300, 0.5), 3750);
        efforts.finish(300);
        assert_eq!(efforts.basis_points(100, 0.0), 7500);
        assert_eq!(efforts.basis_points(100, 7.0), 9999);
    }
}
