//! Who somebody is in a room of ours. Pure.

use std::fmt;

use chrono::Duration;

use crate::kernel::{SeatId, UserId};

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
