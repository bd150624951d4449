//! Waiting for a place, or several: in which order, and how a wish stands.

use crate::kernel::{Instant, SeatId, UserId, WaitlistEntryId, WorkshopSessionId};

/// Somebody who waits, or waited.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Key.
    pub id: WaitlistEntryId,
    /// For which session.
    pub session: WorkshopSessionId,
    /// Who.
    pub user: UserId,
    /// How it stands.
    pub state: EntryState,
    /// The seat that was offered: their own.
    pub seat: Option<SeatId>,
    /// How many they want, their own among them.
    pub seats: usize,
    /// Since when.
    pub since: Instant,
}

/// Who comes first: those who paid too late, then in the order of coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Paid, and came too late.
    Paid,
    /// Everybody else.
    Ordinary,
}

impl Priority {
    /// As the database orders it: lower comes first.
    pub fn number(self) -> i32 {
        match self {
            Self::Paid => 0,
            Self::Ordinary => 1,
        }
    }
}

/// How a wish stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// Still waiting.
    Waiting,
    /// A seat is kept for them, for a while.
    Offered,
    /// They took it.
    Seated,
    /// They left.
    Left,
    /// They let the offer pass.
    Lapsed,
    /// The session began or was called off.
    Closed,
}

impl EntryState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Offered, Self::Seated, Self::Left, Self::Lapsed, Self::Closed];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Offered => "OFFERED",
            Self::Seated => "SEATED",
            Self::Left => "LEFT",
            Self::Lapsed => "LAPSED",
            Self::Closed => "CLOSED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether it still counts.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Waiting | Self::Offered)
    }
}
