//! One date of a workshop, how it stands at a moment, and what is told of its places.

use chrono::Duration;

use crate::kernel::{CreatorId, Instant, OfferingId, UserId, WorkshopSessionId};
use crate::workshops::refusals::WorkshopRefusal as No;

/// The most places a session may have.
pub const LARGEST: i32 = 100_000;
/// Strangers are told how many places are left only from here down.
const TOLD: i32 = 10;
/// A room that nobody closed is over this long after its time.
const GRACE: Duration = Duration::minutes(30);

/// One date of a workshop.
#[derive(Clone, Debug)]
pub struct Session {
    /// Key.
    pub id: WorkshopSessionId,
    /// Of which workshop.
    pub workshop: OfferingId,
    /// Whose.
    pub creator: CreatorId,
    /// What this date is called, if not like the workshop.
    pub title: Option<String>,
    /// Wall time, `2026-12-05T18:00`.
    pub local_start: String,
    /// IANA name.
    pub time_zone: String,
    /// Begins.
    pub starts_at: Instant,
    /// Ends.
    pub ends_at: Instant,
    /// Places; none = no limit.
    pub capacity: Option<i32>,
    /// Places offered, held or seated.
    pub taken: i32,
    /// Whether one may wait for a place.
    pub waitlist_enabled: bool,
    /// Rises when the date changes.
    pub sequence: i32,
    /// When the door opens, in minutes before the start.
    pub opens_minutes_before: i32,
    /// How one gets in.
    pub join_provider: Option<JoinProvider>,
    /// The way in, encrypted; read by the door alone.
    pub join_sealed: Option<String>,
    /// Whether a host wants it recorded, in a room of ours.
    pub recorded: bool,
    /// When a host went live.
    pub live_at: Option<Instant>,
    /// When a host ended it.
    pub closed_at: Option<Instant>,
    /// When it was called off.
    pub cancelled_at: Option<Instant>,
    /// Why it was moved or called off.
    pub change_note: Option<String>,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum SessionStatus {
    Scheduled,
    Live,
    Ended,
    Cancelled,
}

/// Which sessions of a list are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum SessionWindow {
    Upcoming,
    Past,
    All,
}

/// Through what one takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum JoinProvider {
    ExternalLink,
    BuiltIn,
}

impl JoinProvider {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExternalLink => "EXTERNAL_LINK",
            Self::BuiltIn => "BUILT_IN",
        }
    }

    /// The provider of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::ExternalLink, Self::BuiltIn].into_iter().find(|one| one.name() == name)
    }
}

/// A date a host wants, not yet checked.
#[derive(Clone, Debug)]
pub struct SessionWish {
    /// At most 120 characters.
    pub title: Option<String>,
    /// `2026-12-05T18:00`.
    pub local_start: String,
    /// IANA name.
    pub time_zone: String,
    /// 5 to 1,440.
    pub minutes: i32,
    /// 1 to 100,000; none = no limit.
    pub capacity: Option<i32>,
    /// Whether one may wait for a place.
    pub waitlist_enabled: bool,
    /// People of the team; none = who schedules it.
    pub hosts: Option<Vec<UserId>>,
}

/// What is told of a session's places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum Availability {
    Open,
    FewLeft,
    Waitlist,
    Full,
    Closed,
}

impl Session {
    /// How it stands at `now`.
    pub fn status_at(&self, now: Instant) -> SessionStatus {
        let over = self.closed_at.is_some_and(|at| at <= now) || now >= self.ends_at + GRACE;
        match self.cancelled_at {
            Some(_) => SessionStatus::Cancelled,
            None if over => SessionStatus::Ended,
            None if self.live_at.is_some_and(|at| at <= now) || now >= self.starts_at => SessionStatus::Live,
            None => SessionStatus::Scheduled,
        }
    }

    /// Places that nobody has; none = no limit.
    pub fn left(&self) -> Option<i32> {
        self.capacity.map(|capacity| (capacity - self.taken).max(0))
    }

    /// Whether every place is taken.
    pub fn is_full(&self) -> bool {
        self.left() == Some(0)
    }

    /// Whether seats may still change hands: it is neither called off nor under way.
    pub fn open_for_seats(&self, now: Instant) -> Result<(), No> {
        match self.status_at(now) {
            SessionStatus::Cancelled => Err(No::Cancelled),
            SessionStatus::Live | SessionStatus::Ended => Err(No::Started),
            SessionStatus::Scheduled => Ok(()),
        }
    }

    /// When the door opens to those who have a seat.
    pub fn opens_at(&self) -> Instant {
        self.starts_at - Duration::minutes(self.opens_minutes_before.into())
    }

    /// When the door closes.
    pub fn closes_at(&self) -> Instant {
        self.closed_at.unwrap_or(self.ends_at + GRACE)
    }

    /// Whether it is to be recorded at `now`: a host wants it, and has said that it is on.
    pub fn is_recorded_at(&self, now: Instant) -> bool {
        self.recorded && self.live_at.is_some() && self.status_at(now) == SessionStatus::Live
    }

    /// How many places are left, for strangers: nothing, unless it is few.
    pub fn told_left(&self) -> Option<i32> {
        self.left().filter(|left| *left <= TOLD)
    }
}

/// What is told of the places at `now`.
pub fn availability(session: &Session, now: Instant) -> Availability {
    match (session.open_for_seats(now), session.left()) {
        (Err(_), _) => Availability::Closed,
        (Ok(()), Some(0)) if session.waitlist_enabled => Availability::Waitlist,
        (Ok(()), Some(0)) => Availability::Full,
        (Ok(()), Some(left)) if left <= few(session.capacity.unwrap_or_default()) => Availability::FewLeft,
        (Ok(()), _) => Availability::Open,
    }
}

/// A tenth of the places, and at least three.
fn few(capacity: i32) -> i32 {
    (capacity / 10).max(3)
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::{TimeZone, Utc};
    use uuid::Uuid;

    use super::*;

    /// A session of ten places at six in the evening.
    pub(crate) fn evening() -> Session {
        let starts_at = Utc.with_ymd_and_hms(2026, 12, 5, 18, 0, 0).single().unwrap_or_default();
        Session {
            id: WorkshopSessionId(Uuid::from_u128(1)),
            workshop: OfferingId(Uuid::from_u128(2)),
            creator: CreatorId(Uuid::from_u128(3)),
            title: None,
            local_start: "2026-12-05T19:00".into(),
            time_zone: "Europe/Berlin".into(),
            starts_at,
            ends_at: starts_at + Duration::minutes(90),
            capacity: Some(10),
            taken: 0,
            waitlist_enabled: true,
            sequence: 0,
            opens_minutes_before: 15,
            join_provider: None,
            join_sealed: None,
            recorded: false,
            live_at: None,
            closed_at: None,
            cancelled_at: None,
            change_note: None,
        }
    }

    #[test]
    fn a_session_lives_by_its_times() {
        let session = evening();
        let at = |minutes: i64| session.status_at(session.starts_at + Duration::minutes(minutes));
        assert_eq!(
            [-1, 0, 89, 119].map(at),
            [SessionStatus::Scheduled, SessionStatus::Live, SessionStatus::Live, SessionStatus::Live]
        );
        assert_eq!(at(120), SessionStatus::Ended);
        let early = Session { live_at: Some(session.starts_at - Duration::minutes(5)), ..evening() };
        assert_eq!(early.status_at(session.starts_at - Duration::minutes(4)), SessionStatus::Live);
        let short = Session { closed_at: Some(session.starts_at + Duration::minutes(60)), ..evening() };
        assert_eq!(short.status_at(session.starts_at + Duration::minutes(61)), SessionStatus::Ended);
        let off = Session { cancelled_at: Some(session.starts_at), ..evening() };
        assert_eq!(off.status_at(session.starts_at + Duration::days(9)), SessionStatus::Cancelled);
    }

    #[test]
    fn strangers_learn_little_of_the_places() {
        let before = evening().starts_at - Duration::days(1);
        let with = |taken| Session { taken, ..evening() };
        assert_eq!(availability(&with(0), before), Availability::Open);
        assert_eq!(availability(&with(7), before), Availability::FewLeft);
        assert_eq!(availability(&with(10), before), Availability::Waitlist);
        let no_list = Session { waitlist_enabled: false, ..with(10) };
        assert_eq!(availability(&no_list, before), Availability::Full);
        assert_eq!(availability(&with(0), evening().starts_at), Availability::Closed);
        let large = Session { capacity: Some(500), taken: 480, ..evening() };
        assert_eq!((large.told_left(), availability(&large, before)), (None, Availability::FewLeft));
        let endless = Session { capacity: None, taken: 9_000, ..evening() };
        assert_eq!((endless.told_left(), availability(&endless, before)), (None, Availability::Open));
    }
}
