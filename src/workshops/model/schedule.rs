//! When a session is: wall time and zone as the host meant them, and the instants that follow.
//!
//! A wall time that the zone skips (clocks go forward) or has twice (clocks go back) is not guessed at: the host is
//! asked. Zones are the bundled IANA database's, so that every machine agrees.

use chrono::{DateTime, Duration};
use jiff::civil;
use jiff::tz::TimeZone;

use crate::kernel::Instant;
use crate::workshops::refusals::WorkshopRefusal as No;

/// The shortest session, in minutes.
pub const SHORTEST_MINUTES: i32 = 5;
/// The longest: a day.
pub const LONGEST_MINUTES: i32 = 24 * 60;
/// How far ahead a session may be.
const FARTHEST: Duration = Duration::days(3 * 366);

/// When a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// As the host wrote it, without seconds: `2026-12-05T18:00`.
    pub local_start: String,
    /// IANA name.
    pub time_zone: String,
    /// The instant it begins.
    pub starts_at: Instant,
    /// The instant it ends.
    pub ends_at: Instant,
}

/// The schedule of a session that begins at this wall time in this zone and lasts so many minutes.
pub fn starting(local: &str, zone: &str, minutes: i32, now: Instant) -> Result<Schedule, (No, &'static str)> {
    let (wall, zone) = (wall_time(local)?, known(zone)?);
    let at = zone.to_ambiguous_timestamp(wall);
    let starts = match (at.is_ambiguous(), at.unambiguous()) {
        (false, Ok(at)) => at,
        _ if is_skipped(&zone, wall) => return Err((No::TimeSkipped, "localStart")),
        _ => return Err((No::TimeTwice, "localStart")),
    };
    let starts_at = DateTime::from_timestamp(starts.as_second(), 0).ok_or((No::LocalTime, "localStart"))?;
    if starts_at <= now {
        return Err((No::InPast, "localStart"));
    }
    if starts_at > now + FARTHEST {
        return Err((No::TooFar, "localStart"));
    }
    if !(SHORTEST_MINUTES..=LONGEST_MINUTES).contains(&minutes) {
        return Err((No::Duration, "durationMinutes"));
    }
    let ends_at = starts_at + Duration::minutes(minutes.into());
    let time_zone = zone.iana_name().unwrap_or("UTC").to_owned();
    Ok(Schedule { local_start: wall.strftime("%Y-%m-%dT%H:%M").to_string(), time_zone, starts_at, ends_at })
}

/// An instant as people in a zone write it: `Saturday, 5 December 2026, 18:00 (Europe/Berlin)`.
pub fn local_of(at: Instant, zone: &str) -> String {
    let zoned = jiff::Timestamp::from_second(at.timestamp()).ok().zip(TimeZone::get(zone).ok());
    match zoned {
        Some((at, tz)) => {
            at.to_zoned(tz).strftime("%A, %-d %B %Y, %H:%M").to_string() + &format!(" ({zone})")
        }
        None => at.format("%A, %-d %B %Y, %H:%M (UTC)").to_string(),
    }
}

fn wall_time(text: &str) -> Result<civil::DateTime, (No, &'static str)> {
    let wrong = || (No::LocalTime, "localStart");
    // Sixteen or nineteen characters: no zone and no fraction can hide in it.
    if !(text.is_ascii() && [16, 19].contains(&text.len())) {
        return Err(wrong());
    }
    let wall: civil::DateTime = text.parse().map_err(|_| wrong())?;
    if wall.second() != 0 { Err(wrong()) } else { Ok(wall) }
}

fn known(name: &str) -> Result<TimeZone, (No, &'static str)> {
    let wrong = || (No::Zone, "timeZone");
    let is_name = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    if !is_name {
        return Err(wrong());
    }
    TimeZone::get(name).map_err(|_| wrong())
}

/// Whether the clocks of the zone jump over this wall time.
fn is_skipped(zone: &TimeZone, wall: civil::DateTime) -> bool {
    let found = zone.to_ambiguous_timestamp(wall).compatible();
    found.is_ok_and(|at| at.to_zoned(zone.clone()).datetime() != wall)
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Utc};
    use proptest::prelude::*;

    use super::*;

    fn now() -> Instant {
        Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).single().unwrap_or_default()
    }

    fn at(local: &str, zone: &str) -> Result<String, No> {
        let made = starting(local, zone, 90, now());
        made.map(|made| made.starts_at.format("%FT%H:%MZ").to_string()).map_err(|(no, _)| no)
    }

    #[test]
    fn wall_times_follow_the_clocks_of_their_zone() {
        for (local, zone, instant) in [
            // Both clock changes of 2027 in three zones, the day before and the day after.
            ("2027-03-27T18:00", "Europe/Berlin", "2027-03-27T17:00Z"),
            ("2027-03-28T18:00", "Europe/Berlin", "2027-03-28T16:00Z"),
            ("2027-10-30T18:00", "Europe/Berlin", "2027-10-30T16:00Z"),
            ("2027-10-31T18:00", "Europe/Berlin", "2027-10-31T17:00Z"),
            ("2027-03-13T18:00", "America/New_York", "2027-03-13T23:00Z"),
            ("2027-03-14T18:00", "America/New_York", "2027-03-14T22:00Z"),
            ("2027-11-07T18:00", "America/New_York", "2027-11-07T23:00Z"),
            ("2027-04-03T18:00", "Australia/Sydney", "2027-04-03T07:00Z"),
            ("2027-04-04T18:00", "Australia/Sydney", "2027-04-04T08:00Z"),
            ("2027-10-03T18:00", "Australia/Sydney", "2027-10-03T07:00Z"),
            ("2028-02-29T18:00:00", "Asia/Tokyo", "2028-02-29T09:00Z"),
        ] {
            assert_eq!(at(local, zone).as_deref(), Ok(instant), "{local} {zone}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_asked_back() {
        for (local, zone, no) in [
            ("2027-03-28T02:30", "Europe/Berlin", No::TimeSkipped),
            ("2027-10-31T02:30", "Europe/Berlin", No::TimeTwice),
            ("2027-03-14T02:30", "America/New_York", No::TimeSkipped),
            ("2027-11-07T01:30", "America/New_York", No::TimeTwice),
            ("2027-02-29T18:00", "Asia/Tokyo", No::LocalTime),
            ("2026-12-05T18:00Z", "Europe/Berlin", No::LocalTime),
            ("2026-12-05T18:00:30", "Europe/Berlin", No::LocalTime),
            ("tomorrow", "Europe/Berlin", No::LocalTime),
            ("2026-12-05T18:00", "Europe/Atlantis", No::Zone),
            ("2026-12-05T18:00", "../etc/passwd", No::Zone),
            ("2026-11-22T12:59", "Europe/Berlin", No::InPast),
            ("2036-12-05T18:00", "Europe/Berlin", No::TooFar),
        ] {
            assert_eq!(at(local, zone), Err(no.clone()), "{local} {zone}: {no}");
        }
        for minutes in [0, 4, 1441, i32::MAX] {
            let made = starting("2026-12-05T18:00", "Europe/Berlin", minutes, now());
            assert_eq!(made.map(|_| ()), Err((No::Duration, "durationMinutes")));
        }
    }

    #[test]
    fn letters_say_it_in_the_zone() {
        let start = starting("2026-12-05T18:00", "Europe/Berlin", 90, now()).map(|made| made.starts_at);
        let told = start.map(|at| local_of(at, "Europe/Berlin"));
        assert_eq!(told.as_deref(), Ok("Saturday, 5 December 2026, 18:00 (Europe/Berlin)"));
    }

    proptest! {
        #[test]
        fn no_text_panics(local in ".{0,24}", zone in ".{0,24}") {
            let _ = starting(&local, &zone, 60, now());
        }

        #[test]
        fn what_is_accepted_reads_back_as_it_was_written(day in 1_i8..=28, month in 1_i8..=12, hour in 0_i8..24, minute in 0_i8..60) {
            let local = format!("2027-{month:02}-{day:02}T{hour:02}:{minute:02}");
            if let Ok(made) = starting(&local, "Europe/Berlin", 60, now()) {
                let zone = TimeZone::get("Europe/Berlin").unwrap();
                let at = jiff::Timestamp::from_second(made.starts_at.timestamp()).unwrap().to_zoned(zone);
                prop_assert_eq!(at.strftime("%Y-%m-%dT%H:%M").to_string(), local);
            }
        }
    }
}
