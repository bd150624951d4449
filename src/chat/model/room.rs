//! A room, when it is open, and as what somebody is there.

use chrono::Duration;

use crate::creators::{Permission, TeamRole};
use crate::kernel::{ChatRoomId, Instant, WorkshopSessionId};
use crate::workshops::model::Session;

/// Attendees may write from so long before the start.
pub const OPENS_BEFORE: Duration = Duration::hours(24);
/// Nobody writes any more so long after the end.
pub const CLOSES_AFTER: Duration = Duration::hours(24);
/// The longest pause between two messages that hosts may ask for, in seconds.
pub const LONGEST_SLOW_SECONDS: i32 = 3_600;
/// The longest somebody may be muted at once: a week, in minutes.
pub const LONGEST_MUTE_MINUTES: i32 = 7 * 24 * 60;

/// A session's room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The session's key.
    pub id: ChatRoomId,
    /// As a host has set it.
    pub state: RoomState,
    /// Seconds between two messages of one person; 0 = none.
    pub slow_mode_seconds: i32,
    /// How much has happened.
    pub last_sequence: i64,
}

/// Who may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the schema describes each")]
pub enum RoomState {
    Open,
    HostsOnly,
    Closed,
}

/// As what somebody is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// With a seat.
    Attendee,
    /// One of the studio's team, without a say in the room.
    Team,
    /// A host of the session, or one of the team with HOST or COMMUNITY: speaks as a host, and is not held back.
    Moderator,
}

impl RoomState {
    const ALL: [Self; 3] = [Self::Open, Self::HostsOnly, Self::Closed];

    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::HostsOnly => "HOSTS_ONLY",
            Self::Closed => "CLOSED",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Room {
    /// A room in which nothing has happened.
    pub fn untouched(session: WorkshopSessionId) -> Self {
        let id = ChatRoomId(session.0);
        Self { id, state: RoomState::Open, slow_mode_seconds: 0, last_sequence: 0 }
    }

    /// Who may write at `now`: what a host has set, within the session's times.
    pub fn state_at(&self, session: &Session, now: Instant) -> RoomState {
        let over = now >= session.closes_at() + CLOSES_AFTER || session.cancelled_at.is_some();
        match self.state {
            _ if over => RoomState::Closed,
            RoomState::Open if now < session.starts_at - OPENS_BEFORE => RoomState::HostsOnly,
            set => set,
        }
    }
}

impl Standing {
    /// As what somebody with this role is there; hosts of the session moderate whatever their role.
    pub fn of_team(role: TeamRole, hosts_it: bool) -> Self {
        let may = role.may(Permission::Host) || role.may(Permission::Community);
        if may || hosts_it { Self::Moderator } else { Self::Team }
    }

    /// Whether this is somebody who keeps order.
    pub fn moderates(self) -> bool {
        self == Self::Moderator
    }
}

/// What is said (`wakes`) when something has happened in a room.
pub fn topic(room: ChatRoomId) -> String {
    format!("chat:{room}")
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;
    use crate::workshops::model::evening;

    #[test]
    fn a_room_is_open_around_its_session() {
        let session = evening();
        let room = Room::untouched(session.id);
        let at = |hours: i64| room.state_at(&session, session.starts_at + Duration::hours(hours));
        assert_eq!(
            [-25, -23, 0, 25, 27].map(at),
            [RoomState::HostsOnly, RoomState::Open, RoomState::Open, RoomState::Open, RoomState::Closed]
        );
        let quiet = Room { state: RoomState::HostsOnly, ..room.clone() };
        assert_eq!(quiet.state_at(&session, session.starts_at), RoomState::HostsOnly);
        let off = Session { cancelled_at: Utc.timestamp_opt(0, 0).single(), ..evening() };
        assert_eq!(room.state_at(&off, session.starts_at), RoomState::Closed);
    }

    #[test]
    fn who_hosts_keeps_order() {
        assert_eq!(Standing::of_team(TeamRole::Support, false), Standing::Moderator);
        assert_eq!(Standing::of_team(TeamRole::Finance, false), Standing::Team);
        assert_eq!(Standing::of_team(TeamRole::Finance, true), Standing::Moderator);
    }
}
