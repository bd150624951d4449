//! Who may be in a room, and as what: the one place that knows.

use crate::app::App;
use crate::chat::model::{Room, RoomState, Standing};
use crate::chat::refusals::ChatRefusal as No;
use crate::chat::store;
use crate::creators;
use crate::db::Tx;
use crate::kernel::{ChatRoomId, Denied, Instant, Result, UserId, Viewer, WorkshopSessionId};
use crate::workshops::model::{SeatState, Session};
use crate::workshops::store as workshops;

/// The proof that somebody may be in a room: made by [`enter`] alone.
#[derive(Clone, Debug)]
#[expect(
    clippy::manual_non_exhaustive,
    reason = "the private field keeps the rest of this crate from making one too"
)]
pub struct Presence {
    /// Where.
    pub room: ChatRoomId,
    /// The session whose room it is.
    pub session: Session,
    /// Who.
    pub user: UserId,
    /// As what.
    pub standing: Standing,
    _checked: (),
}

/// Lets the caller into a room; NOT_FOUND for everybody else.
pub async fn enter(app: &App, viewer: &Viewer, room: ChatRoomId) -> Result<Presence> {
    let session = workshops::session(app.db.read(), WorkshopSessionId(room.0)).await?;
    let session = session.ok_or(Denied::NotFound)?;
    let standing = standing(app, &session, viewer.user_id).await?.ok_or(Denied::NotFound)?;
    Ok(Presence { room, session, user: viewer.user_id, standing, _checked: () })
}

/// As what somebody may be in a session's room; none for strangers, and for those whose seat is not theirs (yet).
pub async fn standing(app: &App, session: &Session, user: UserId) -> Result<Option<Standing>> {
    let conn = app.db.read();
    if let Some(member) = creators::store::member(conn, session.creator, user).await? {
        let hosts = workshops::hosts(app, &[session.id]).await?.remove(&session.id).unwrap_or_default();
        return Ok(Some(Standing::of_team(member.role, hosts.contains(&user))));
    }
    let seat = workshops::live_of_user(conn, user, session.id).await?;
    Ok(seat.filter(|seat| seat.state == SeatState::Seated).map(|_| Standing::Attendee))
}

impl Presence {
    /// Whether they may take part now, as far as the room goes and nobody has muted them.
    pub(super) async fn may_take_part(&self, tx: &Tx, room: &Room) -> Result<std::result::Result<(), No>> {
        if room.state_at(&self.session, tx.now()) == RoomState::Closed {
            return Ok(Err(No::Closed));
        }
        if self.standing.moderates() {
            return Ok(Ok(()));
        }
        let until = store::muted_until(tx.conn(), self.room, self.user, tx.now()).await?;
        Ok(until.map_or(Ok(()), |until| Err(No::Muted(seconds_until(until, tx.now())))))
    }
}

/// Whole seconds, at least one.
pub(super) fn seconds_until(until: Instant, now: Instant) -> u32 {
    let left = (until - now).num_milliseconds().max(1);
    u32::try_from((left + 999) / 1000).unwrap_or(u32::MAX)
}
