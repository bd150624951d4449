//! Who had a seat, how they came by it, and whether they were there. Pure.

use uuid::Uuid;

use crate::kernel::{Instant, PublicId, SeatId, WorkshopSessionId};

use super::{Presence, SeatState};

/// How somebody came by a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Money was paid for it, by them.
    Paid,
    /// It cost nothing.
    Free,
    /// Somebody else has given it to them, or bought it for them, whatever it cost.
    Transfer,
}

impl Origin {
    /// Of a seat that somebody else gave or bought, or that was paid for.
    pub fn of(is_given: bool, is_paid: bool) -> Self {
        match (is_given, is_paid) {
            (true, _) => Self::Transfer,
            (false, true) => Self::Paid,
            (false, false) => Self::Free,
        }
    }

    /// As reports say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paid => "PAID",
            Self::Free => "FREE",
            Self::Transfer => "TRANSFER",
        }
    }
}

/// One line about one seat.
#[derive(Clone, Debug)]
pub struct Attendance {
    /// Which seat.
    pub seat: SeatId,
    /// At which session.
    pub session: WorkshopSessionId,
    /// What the workshop is called.
    pub workshop: String,
    /// What this date is called, if not like the workshop.
    pub title: Option<String>,
    /// Begins.
    pub starts_at: Instant,
    /// Wall time.
    pub local_start: String,
    /// IANA name.
    pub time_zone: String,
    /// What whoever has it is called; none until somebody has proven the address it was given to or bought with.
    pub holder: Option<String>,
    /// How it stands.
    pub state: SeatState,
    /// Whether they were there.
    pub attended: Option<bool>,
    /// How they came by it.
    pub origin: Origin,
    /// When they were there.
    pub presence: Presence,
}

impl Attendance {
    /// How it stands, as the schema's `SeatStatus` spells it.
    pub fn status(&self) -> &'static str {
        match (self.state, self.attended) {
            (SeatState::Seated, None) => "CONFIRMED",
            (SeatState::Seated, Some(true)) => "ATTENDED",
            (SeatState::Seated, Some(false)) => "NO_SHOW",
            (state, _) => state.name(),
        }
    }

    /// Its place among all.
    pub fn key(&self) -> (Instant, Uuid, Uuid) {
        (self.starts_at, self.session.uuid(), self.seat.uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn a_seat_that_was_given_is_the_giver_s_doing() {
        assert_eq!([Origin::of(true, true), Origin::of(true, false)], [Origin::Transfer; 2]);
        assert_eq!([Origin::of(false, true), Origin::of(false, false)], [Origin::Paid, Origin::Free]);
    }
}
