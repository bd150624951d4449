//! May this caller see this course or lesson now; and if not, what stands in the way. Pure: facts in, answer out.
//!
//! The one place that decides it: lesson bodies, playback, downloads and progress all ask here.

use crate::kernel::{EnrollmentId, Instant};

use super::model::{Enrollment, State};

/// What the decision rests on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// Whether the caller works in the creator's studio.
    pub on_team: bool,
    /// Whether the lesson is open to all; false for a whole course.
    pub is_preview: bool,
    /// The caller's right to the offering, in whatever state.
    pub enrollment: Option<&'a Enrollment>,
}

/// What stands in the way, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessState {
    /// Nothing: entitled, or on the team.
    Open,
    /// Nothing: a lesson open to all.
    Preview,
    /// Not signed in, and what is closed may well be theirs.
    NeedsSignIn,
    /// No right to it yet.
    NeedsPurchase,
    /// There was a right; it has run out.
    Expired,
    /// There was a right; it was taken back.
    Revoked,
}

impl AccessState {
    /// Whether the contents may be shown.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Preview)
    }
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Open, or what stands in the way.
    pub state: AccessState,
    /// The caller's right, in whatever state.
    pub enrollment: Option<EnrollmentId>,
    /// When an open right ends; none = never.
    pub expires_at: Option<Instant>,
}

/// Decides at `now`. A right opens before a preview does, so that a learner is told how long it lasts.
pub fn access(facts: &Facts<'_>, now: Instant) -> Access {
    let held = facts.enrollment.map(|enrollment| enrollment.state_at(now));
    let state = match held {
        _ if facts.on_team => AccessState::Open,
        Some(state) if state.may_learn() => AccessState::Open,
        _ if facts.is_preview => AccessState::Preview,
        Some(State::Revoked) => AccessState::Revoked,
        Some(_) => AccessState::Expired,
        None if !facts.signed_in => AccessState::NeedsSignIn,
        None => AccessState::NeedsPurchase,
    };
    let expires_at = facts.enrollment.and_then(|enrollment| enrollment.access_ends_at);
    Access { state, enrollment: facts.enrollment.map(|enrollment| enrollment.id), expires_at }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone, Utc};
    use uuid::Uuid;

    use super::*;
    use crate::enrollment::model::Source;
    use crate::kernel::UserId;

    fn noon() -> Instant {
        Utc.timestamp_opt(1_800_000_000, 0).single().unwrap_or_default()
    }

    fn held(written: State) -> Enrollment {
        Enrollment {
            id: EnrollmentId(Uuid::from_u128(1)),
            user: UserId(Uuid::from_u128(2)),
            offering: Uuid::from_u128(3),
            written,
            source: Source::Purchase,
            order_line: None,
            membership: None,
            started_at: noon(),
            access_ends_at: None,
            completed_at: None,
            last_lesson: None,
            last_activity_at: None,
            completed_lessons: 0,
            created_at: noon(),
        }
    }

    fn decided(facts: Facts<'_>) -> AccessState {
        access(&facts, noon()).state
    }

    #[test]
    fn a_stranger_is_asked_to_sign_in_and_then_to_buy() {
        assert_eq!(decided(Facts::default()), AccessState::NeedsSignIn);
        assert_eq!(decided(Facts { signed_in: true, ..Facts::default() }), AccessState::NeedsPurchase);
    }

    #[test]
    fn a_preview_is_open_to_all_even_after_a_right_was_taken_back() {
        assert_eq!(decided(Facts { is_preview: true, ..Facts::default() }), AccessState::Preview);
        let revoked = held(State::Revoked);
        let facts =
            Facts { signed_in: true, is_preview: true, enrollment: Some(&revoked), ..Facts::default() };
        assert_eq!(decided(facts), AccessState::Preview);
    }

    #[test]
    fn a_right_opens_until_its_very_end() {
        let mut enrollment = held(State::Active);
        enrollment.access_ends_at = Some(noon() + Duration::seconds(1));
        let facts = Facts { signed_in: true, enrollment: Some(&enrollment), ..Facts::default() };
        let granted = access(&facts, noon());
        assert_eq!(granted.state, AccessState::Open);
        assert_eq!(granted.expires_at, enrollment.access_ends_at);
        assert_eq!(access(&facts, noon() + Duration::seconds(1)).state, AccessState::Expired);
    }

    #[test]
    fn what_was_taken_back_stays_closed_except_to_the_team() {
        let revoked = held(State::Revoked);
        let facts = Facts { signed_in: true, enrollment: Some(&revoked), ..Facts::default() };
        assert_eq!(decided(facts), AccessState::Revoked);
        assert_eq!(decided(Facts { on_team: true, ..facts }), AccessState::Open);
    }

    #[test]
    fn every_state_decides_alike_here_and_in_the_model() {
        for state in State::ALL {
            let enrollment = held(state);
            let facts = Facts { signed_in: true, enrollment: Some(&enrollment), ..Facts::default() };
            assert_eq!(decided(facts).is_open(), enrollment.may_learn_at(noon()), "{state:?}");
        }
    }
}
