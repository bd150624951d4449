//! When somebody was there, as far as anybody knows. Pure.

use chrono::Duration;

use crate::kernel::Instant;

/// How it is known that somebody was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitMeans {
    /// They were told the way in.
    Door,
    /// LiveKit saw them in a room of ours.
    Room,
    /// A host noted it.
    Host,
}

impl VisitMeans {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Door => "DOOR",
            Self::Room => "ROOM",
            Self::Host => "HOST",
        }
    }

    /// The means of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Door, Self::Room, Self::Host].into_iter().find(|means| means.name() == name)
    }
}

/// Somebody was there.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// As is known from whom.
    pub means: VisitMeans,
    /// When they came, or were noted.
    pub came_at: Instant,
    /// When they went; none = still there, or nobody knows.
    pub left_at: Option<Instant>,
}

/// What all visits with one seat come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// When a host noted them.
    pub checked_in_at: Option<Instant>,
    /// When they first came in.
    pub joined_at: Option<Instant>,
    /// When they last went; none while they may be there, or if nobody knows.
    pub left_at: Option<Instant>,
    /// Whole minutes they were there in all, if nothing of it is unknown.
    pub minutes: Option<i64>,
}

impl Presence {
    /// Of visits, the first first. Two devices at once are there once.
    pub fn of(visits: &[Visit]) -> Self {
        let noted = visits.iter().find(|visit| visit.means == VisitMeans::Host);
        let came: Vec<&Visit> = visits.iter().filter(|visit| visit.means != VisitMeans::Host).collect();
        let ends: Option<Vec<(Instant, Instant)>> =
            came.iter().map(|visit| Some((visit.came_at, visit.left_at?))).collect();
        let ends = ends.filter(|ends| !ends.is_empty());
        Self {
            checked_in_at: noted.map(|visit| visit.came_at),
            joined_at: came.first().map(|visit| visit.came_at),
            left_at: ends.as_ref().and_then(|ends| ends.iter().map(|(_, left)| *left).max()),
            minutes: ends.map(|ends| covered(&ends).num_minutes()),
        }
    }
}

/// How long stretches of time are together, the first first; what overlaps counts once.
fn covered(stretches: &[(Instant, Instant)]) -> Duration {
    let mut sum = Duration::zero();
    let mut known: Option<Instant> = None;
    for (from, to) in stretches {
        let from = known.map_or(*from, |known| known.max(*from));
        if *to > from {
            sum += *to - from;
        }
        known = Some(known.map_or(*to, |known| known.max(*to)));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::evening;
    use super::*;

    fn room(from: i64, to: Option<i64>) -> Visit {
        let at = |minutes| evening().starts_at + Duration::minutes(minutes);
        Visit { means: VisitMeans::Room, came_at: at(from), left_at: to.map(at) }
    }

    #[test]
    fn minutes_are_counted_once_and_only_when_all_are_known() {
        let two = Presence::of(&[room(0, Some(30)), room(20, Some(40)), room(50, Some(60))]);
        assert_eq!((two.minutes, two.left_at), (Some(50), room(60, None).came_at.into()));
        let inside = Presence::of(&[room(0, Some(60)), room(10, Some(20))]);
        assert_eq!((inside.minutes, inside.left_at), (Some(60), Some(room(60, None).came_at)));
        let still = Presence::of(&[room(0, Some(30)), room(40, None)]);
        assert_eq!(
            (still.minutes, still.left_at, still.joined_at),
            (None, None, Some(room(0, None).came_at))
        );
        assert_eq!(Presence::of(&[]), Presence::default());
    }

    #[test]
    fn who_was_noted_has_not_come_in_by_that() {
        let noted = Visit { means: VisitMeans::Host, ..room(5, None) };
        let seen = Presence::of(&[noted]);
        assert_eq!((seen.checked_in_at, seen.joined_at, seen.minutes), (Some(noted.came_at), None, None));
    }
}
