//! A place at a session, and how it may change.

use chrono::Duration;

use crate::kernel::{Instant, OrderLineId, SeatId, UserId, WaitlistEntryId, WorkshopSessionId};

use super::Session;

/// How long an offer from the waitlist stands.
pub const OFFER_LIFE: Duration = Duration::minutes(30);
/// The most seats at one session that one person has or waits for at once, their own among them.
pub const MOST_TOGETHER: usize = 6;
/// How long whoever paid too late may choose what becomes of it; then the money goes back.
pub const UNSEATED_LIFE: Duration = Duration::days(3);
/// Given back so long before the start, a seat's money goes back too.
pub const REFUND_BEFORE: Duration = Duration::hours(24);

/// One person's place at one session.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Key.
    pub id: SeatId,
    /// At which session.
    pub session: WorkshopSessionId,
    /// Whose; none until an address is proven.
    pub user: Option<UserId>,
    /// Whose it becomes when this address is proven.
    pub holder_email: Option<String>,
    /// What pays for it.
    pub line: Option<OrderLineId>,
    /// How it stands.
    pub state: SeatState,
    /// Until when an offer or a choice stands, or when the payment of a held seat is ended.
    pub held_until: Option<Instant>,
    /// Until when giving it back gives the money back.
    pub refund_until: Instant,
    /// Given back later than that: refunded if somebody else takes the place.
    pub refund_if_resold: bool,
    /// Bought by somebody else for whoever this address belongs to: its buyer never has it.
    pub for_companion: bool,
    /// Whether whoever had it has given it to somebody else.
    pub passed_on: bool,
    /// Whether the holder was there.
    pub attended: Option<bool>,
    /// Kept beside the own seat of who waits: for which entry.
    pub offered_to: Option<WaitlistEntryId>,
    /// What the holder shows at the door.
    pub check_in_code: String,
}

impl Seat {
    /// Whether this person comes into this session with it.
    pub fn opens(&self, session: WorkshopSessionId, user: UserId) -> bool {
        self.state == SeatState::Seated && self.session == session && self.user == Some(user)
    }
}

/// How a seat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the room's header describes each")]
pub enum SeatState {
    Offered,
    Held,
    Seated,
    Unseated,
    Released,
    Refunded,
}

impl SeatState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Offered, Self::Held, Self::Seated, Self::Unseated, Self::Released, Self::Refunded];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Offered => "OFFERED",
            Self::Held => "HELD",
            Self::Seated => "SEATED",
            Self::Unseated => "UNSEATED",
            Self::Released => "RELEASED",
            Self::Refunded => "REFUNDED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether such a seat takes a place.
    pub fn takes_a_place(self) -> bool {
        matches!(self, Self::Offered | Self::Held | Self::Seated)
    }

    /// What may follow. Money that comes late may still seat, and a refund that fails brings a seat back.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Offered => matches!(next, Self::Held | Self::Seated | Self::Released),
            Self::Held => matches!(next, Self::Seated | Self::Unseated | Self::Released),
            Self::Seated => matches!(next, Self::Released | Self::Refunded | Self::Unseated),
            Self::Unseated => matches!(next, Self::Seated | Self::Released | Self::Refunded),
            Self::Released => matches!(next, Self::Seated | Self::Unseated | Self::Refunded),
            Self::Refunded => matches!(next, Self::Seated | Self::Unseated | Self::Released),
        }
    }
}

/// What is said (`wakes`) when somebody may have lost their seat at a session.
pub fn seats_topic(session: WorkshopSessionId) -> String {
    format!("seats:{session}")
}

/// Until when a seat of this session may be given back for its money.
pub fn refund_until(session: &Session) -> Instant {
    session.starts_at - REFUND_BEFORE
}

#[cfg(test)]
mod tests {
    use super::SeatState::{self, *};

    #[test]
    fn a_seat_moves_as_its_words_say() {
        for (from, to) in
            [(Offered, Held), (Held, Seated), (Released, Seated), (Unseated, Refunded), (Refunded, Seated)]
        {
            assert!(from.may_become(to), "{from:?} to {to:?}");
        }
        for (from, to) in [(Seated, Held), (Refunded, Held), (Held, Refunded), (Offered, Unseated)] {
            assert!(!from.may_become(to), "{from:?} to {to:?}");
        }
        for state in SeatState::ALL {
            assert!(!state.may_become(state), "{state:?}");
            assert_eq!(SeatState::of(state.name()), Some(state));
        }
    }
}
