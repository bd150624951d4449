//! Rooms of our own, at LiveKit: the way in, and who has to leave.
//!
//! A permission is made for one person and a few minutes, and kept nowhere. It opens the door once: who is inside stays
//! when it ends, so who loses the seat is put out by a job, after the change is true. Who comes in again with a
//! permission that has not ended yet is put out again, once LiveKit tells of it (`hear`).

use livekit_gateway::{Entry, LiveKit, LiveKitError};
use serde_json::json;
use url::Url;

use crate::app::App;
use crate::config::LiveKitSettings;
use crate::db::Tx;
use crate::identity;
use crate::kernel::{Denied, Error, Fault, Instant, Result, SeatId, UserId, WorkshopSessionId};
use crate::queue::Job;

use super::super::model::{Identity, JoinProvider, PERMISSION_LIFE, Seat, SeatState, Session, SessionStatus};
use super::super::store;
use super::door::JoinInfo;

/// Somebody has to leave a room: payload `session`, `seat`, `user`.
pub const EXPEL: &str = "workshops.expel";
/// A room has to be closed: payload `session`.
pub const CLOSE_ROOM: &str = "workshops.close_room";

/// Characters of a room's name: 132 random bits.
const NAME: usize = 22;

/// A name for a new room that nobody can guess: not the workshop's, and not to be found out from it.
pub(super) fn new_name(app: &App) -> String {
    app.entropy.secret().chars().take(NAME).collect()
}

/// All that is needed to let one person into a session's room, but for the word of who keeps order there.
pub(super) struct Threshold<'a> {
    livekit: &'a LiveKit,
    settings: &'a LiveKitSettings,
    room: String,
    identity: Identity,
    name: String,
}

/// Before a session's room for one person; none where there are no rooms, or it has none yet.
pub(super) async fn before<'a>(
    app: &'a App,
    session: WorkshopSessionId,
    user: UserId,
    identity: Identity,
) -> Result<Option<Threshold<'a>>> {
    let (Some(livekit), Some(settings)) = (&app.livekit, &app.settings.livekit) else { return Ok(None) };
    let Some(room) = store::room_of(app.db.read(), session).await? else { return Ok(None) };
    let person =
        identity::store::accounts(app, &[user]).await?.remove(&user).ok_or(Denied::Unauthenticated)?;
    Ok(Some(Threshold { livekit, settings, room, identity, name: person.display_name }))
}

impl Threshold<'_> {
    /// The way in. Nothing is asked of anybody.
    pub(super) fn way_in(&self, session: &Session, now: Instant, may_publish: bool) -> Result<JoinInfo> {
        let expires_at = (now + PERMISSION_LIFE).min(session.closes_at());
        let entry = Entry {
            room: &self.room,
            identity: &self.identity.to_string(),
            name: &self.name,
            may_publish,
            is_host: matches!(self.identity, Identity::Host(_)),
        };
        let permission = self.livekit.permission(&entry, now, expires_at - now);
        let permission = permission.map_err(|cause| Fault::new("letting somebody in", cause))?;
        let url = address(self.settings, self.livekit.address(), &permission)?;
        let recorded = session.recorded;
        Ok(JoinInfo { provider: JoinProvider::BuiltIn, url, passcode: None, expires_at, recorded })
    }
}

/// A page of LiveKit Meet, or what an app gives to LiveKit's SDK.
fn address(settings: &LiveKitSettings, server: &str, permission: &str) -> Result<String> {
    let (base, named): (String, Vec<(&str, &str)>) = match &settings.meet_url {
        Some(meet) => (format!("{meet}/custom"), vec![("liveKitUrl", server), ("token", permission)]),
        None => (server.to_owned(), vec![("access_token", permission)]),
    };
    // Without the cause, which may quote what it was given.
    let url = Url::parse_with_params(&base, named);
    Ok(url.map_err(|_| Fault::new("letting somebody in", "no address could be made"))?.into())
}

/// Who loses this seat has to leave the room, if there is one: whatever the way in is by now, and however early it is by
/// a new time. `seat` is as it was.
pub(super) async fn put_out(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<()> {
    // Of a session that was called off the whole room is closed.
    let may_be_inside = seat.state == SeatState::Seated && session.cancelled_at.is_none();
    let Some(user) = seat.user.filter(|_| may_be_inside) else { return Ok(()) };
    if store::room_of(tx.conn(), session.id).await?.is_some() {
        tx.enqueue(expelling(session.id, seat.id, user));
    }
    Ok(())
}

/// The job that puts somebody out.
pub(super) fn expelling(session: WorkshopSessionId, seat: SeatId, user: UserId) -> Job {
    let who = json!({ "session": session.to_string(), "seat": seat.to_string(), "user": user.to_string() });
    Job::new(EXPEL, who)
}

/// The session is over or called off: everybody has to leave.
pub(super) async fn shut(tx: &mut Tx, session: &Session) -> Result<()> {
    if store::room_of(tx.conn(), session.id).await?.is_some() {
        tx.enqueue(Job::new(CLOSE_ROOM, json!({ "session": session.id.to_string() })));
    }
    Ok(())
}

/// Puts who had a seat, or was removed by a host, out of the room, unless they are welcome again. Harmless when repeated.
pub async fn expel(app: &App, session: WorkshopSessionId, seat: SeatId, user: UserId) -> Result<()> {
    let Some(livekit) = &app.livekit else { return Ok(()) };
    let Some(room) = store::room_of(app.db.read(), session).await? else { return Ok(()) };
    let known = store::seat(app.db.read(), seat).await?;
    let limits = store::limits(app.db.read(), session, user).await?;
    if limits.removed_at.is_none() && known.is_some_and(|known| known.opens(session, user)) {
        return Ok(());
    }
    let identity = Identity::Holder(seat, user).to_string();
    let removed = livekit.remove_participant(&room, &identity, app.now()).await;
    removed.map_err(|cause| failed("putting somebody out", cause))
}

/// Closes the room of a session that is over or was called off. Harmless when repeated.
pub async fn close_room(app: &App, id: WorkshopSessionId) -> Result<()> {
    let Some(livekit) = &app.livekit else { return Ok(()) };
    let Some(session) = store::session(app.db.read(), id).await? else { return Ok(()) };
    let is_over = matches!(session.status_at(app.now()), SessionStatus::Ended | SessionStatus::Cancelled);
    let Some(room) = store::room_of(app.db.read(), id).await?.filter(|_| is_over) else { return Ok(()) };
    livekit.delete_room(&room).await.map_err(|cause| failed("closing a room", cause))
}

pub(super) fn failed(doing: &str, cause: LiveKitError) -> Error {
    Error::Fault(match cause {
        LiveKitError::Away(_) => Fault::away(doing, cause),
        _ => Fault::new(doing, cause),
    })
}
