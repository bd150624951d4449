//! Who somebody is in a room of ours, and what hosts have taken from them there. Pure.

use std::fmt;

use chrono::Duration;

use crate::kernel::{Instant, SeatId, UserId};

/// How long a permission to come into a room of ours lasts. It opens the door once; who is inside stays.
pub const PERMISSION_LIFE: Duration = Duration::minutes(10);

/// Who somebody is in a room: one identity for each seat and its holder, so that whoever comes a second time takes their
/// own place and nobody else's, and whoever had the seat before is somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Who hosts.
    Host(UserId),
    /// Who has a seat.
    Holder(SeatId, UserId),
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(user) => write!(f, "host.{user}"),
            Self::Holder(seat, user) => write!(f, "{seat}.{user}"),
        }
    }
}

impl Identity {
    /// Whom we have let in under this name; none = nobody.
    pub fn of(text: &str) -> Option<Self> {
        let (what, user) = text.split_once('.')?;
        let user = user.parse().ok()?;
        match what {
            "host" => Some(Self::Host(user)),
            seat => Some(Self::Holder(seat.parse().ok()?, user)),
        }
    }
}

/// What a host takes from somebody in a room, and gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Their voice: they see and hear, and are neither seen nor heard.
    Muted,
    /// Being there.
    Removed,
}

/// What hosts have taken from somebody in a room; nothing, unless they have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Since when they are muted.
    pub muted_at: Option<Instant>,
    /// Since when they may not come in.
    pub removed_at: Option<Instant>,
}

impl Limits {
    /// Since when this is taken from them.
    pub fn since(&self, limit: Limit) -> Option<Instant> {
        match limit {
            Limit::Muted => self.muted_at,
            Limit::Removed => self.removed_at,
        }
    }

    /// Whether they were welcome when they came.
    pub fn welcomed(&self, came_at: Instant) -> bool {
        self.removed_at.is_none_or(|at| came_at < at)
    }
}
