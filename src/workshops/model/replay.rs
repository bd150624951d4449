//! A session's recording, and for whom it is. Pure: the one place that decides it.

use chrono::Duration;

use crate::catalog::model::ReplayPolicy;
use crate::creators::{Permission, model::TeamRole};
use crate::kernel::{AssetId, Instant, WorkshopSessionId};
use crate::workshops::refusals::WorkshopRefusal as No;

use super::{Seat, SeatState};

/// How long DAYS_30 lasts, from when there was a recording: everybody has the same time, however long it took to make.
pub const WATCHED_FOR: Duration = Duration::days(30);

/// The recording of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Of which session.
    pub session: WorkshopSessionId,
    /// The film.
    pub asset: AssetId,
    /// Since when there is one.
    pub since: Instant,
}

/// Until when this seat opens the recording at `now` (none = without an end), or why it does not.
pub fn opens_replay(
    replay: &Replay,
    policy: ReplayPolicy,
    seat: &Seat,
    now: Instant,
) -> Result<Option<Instant>, No> {
    if seat.session != replay.session || seat.state != SeatState::Seated {
        return Err(No::NoReplay);
    }
    match policy {
        ReplayPolicy::None => Err(No::NoReplay),
        ReplayPolicy::Attendees if seat.attended != Some(true) => Err(No::ReplayOfAttendees),
        ReplayPolicy::Days30 if now >= replay.since + WATCHED_FOR => Err(No::ReplayOver),
        ReplayPolicy::Days30 => Ok(Some(replay.since + WATCHED_FOR)),
        ReplayPolicy::Attendees | ReplayPolicy::Forever => Ok(None),
    }
}

/// What somebody can be told of a recording once the session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterIt {
    /// Nothing: there is none for them.
    Nothing,
    /// If there will be one, it is for them.
    Promised,
    /// It is there, until then (none = without an end).
    There(Option<Instant>),
}

/// What whoever has this seat can be told at `now`.
pub fn after_it(replay: Option<&Replay>, policy: ReplayPolicy, seat: &Seat, now: Instant) -> AfterIt {
    // A recording of this moment would be set now.
    let to_come = Replay { session: seat.session, asset: AssetId(uuid::Uuid::nil()), since: now };
    match opens_replay(replay.unwrap_or(&to_come), policy, seat, now) {
        Ok(until) if replay.is_some() => AfterIt::There(until),
        Ok(_) => AfterIt::Promised,
        Err(_) => AfterIt::Nothing,
    }
}

/// Whether who works in the studio in this role watches whatever the policy is: who hosts, and who makes what is sold.
pub fn shows_replays_to(role: TeamRole) -> bool {
    role.may(Permission::Host) || role.may(Permission::Catalog)
}
