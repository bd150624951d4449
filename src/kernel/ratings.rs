//! Stars that something was given: how many of each.

/// Fewer opinions than this say nothing on the average.
const FEWEST: i32 = 3;

/// How many gave one star, two, three, four and five.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratings(pub [i32; 5]);

impl Ratings {
    /// How many gave any.
    pub fn count(&self) -> i32 {
        self.0.iter().sum()
    }

    /// One to five; none while too few have rated.
    pub fn average(&self) -> Option<f64> {
        let stars: i64 = self.0.iter().zip(1..).map(|(count, stars)| i64::from(*count) * stars).sum();
        (self.count() >= FEWEST).then(|| stars as f64 / f64::from(self.count()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_opinions_are_no_average() {
        assert_eq!((Ratings([1, 0, 0, 0, 1]).average(), Ratings::default().average()), (None, None));
        let three = Ratings([1, 0, 0, 1, 1]);
        assert_eq!((three.count(), three.average()), (3, Some(10.0 / 3.0)));
    }
}
