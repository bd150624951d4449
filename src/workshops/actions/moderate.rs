//! Keeping order in a room of ours: a host takes somebody's voice, or shows them the door, and gives it back.
//!
//! It is taken from a person at one session, not from a seat, and stands until a host gives it back: coming in again, by
//! another device or with another seat, changes nothing. Seat, money and recording stay theirs. LiveKit is told by a job, which
//! tells it how things stand at that moment; who comes in otherwise than they may, with a permission from before, is put
//! right when LiveKit tells of it (`hear`). Not here: what people write (`chat`), money (`refunds`).

use serde_json::json;

use crate::app::App;
use crate::creators;
use crate::creators::Permission;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Denied, Fault, Refusal, Result, SeatId, UserId, Viewer, WorkshopSessionId};
use crate::queue::Job;

use super::super::model::{Identity, Limit, Limits, SeatState, SessionStatus};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::{hosting, locked, rooms};

/// LiveKit has to be told whether somebody may speak: payload `session`, `seat`, `user`.
pub const SET_VOICE: &str = "workshops.set_voice";

/// Hosts may change their minds while LiveKit is being told; more often than that the job comes again.
const MOST_CHANGES: usize = 5;

/// Takes something from whoever has this seat, or gives it back. The same again changes nothing.
pub async fn limit(app: &App, viewer: &Viewer, seat: SeatId, limit: Limit, is_on: bool) -> Result<()> {
    let refused = |no: No| no.at(["seatId"]);
    let known = store::seat(app.db.read(), seat).await?.ok_or(Denied::NotFound)?;
    let session = hosting::hosted(app, viewer, known.session).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, session.id).await?;
    match session.status_at(tx.now()) {
        SessionStatus::Cancelled => return Err(refused(No::Cancelled).into()),
        SessionStatus::Ended => return Err(refused(No::Over).into()),
        SessionStatus::Scheduled | SessionStatus::Live => {}
    }
    // Whatever the way in is by now: what was taken in the room can be given back.
    if store::room_of(tx.conn(), session.id).await?.is_none() {
        return Err(refused(No::NoRoomHere).into());
    }
    let known = store::seat(tx.conn(), seat).await?;
    let known = known.filter(|seat| seat.state == SeatState::Seated && seat.session == session.id);
    let user = known.and_then(|seat| seat.user).ok_or_else(|| refused(No::NobodySits))?;
    let member = creators::store::member(tx.conn(), session.creator, user).await?;
    if is_on && member.is_some_and(|member| member.role.may(Permission::Host)) {
        return Err(refused(No::SitsAsHost).into());
    }
    let limits = store::limits(tx.conn(), session.id, user).await?;
    if limits.since(limit).is_some() == is_on {
        return Ok(());
    }
    store::set_limit(&tx, (user, session.id), limit, is_on, viewer.user_id).await?;
    if limit == Limit::Muted {
        tx.enqueue(voicing(session.id, seat, user));
    } else if is_on {
        tx.enqueue(rooms::expelling(session.id, seat, user));
    }
    let event = Event::new(happened(limit, is_on), session.id).of_creator(session.creator).of_user(user);
    tx.record(event.with("seat", seat).with("by", viewer.user_id));
    tx.commit().await
}

fn happened(limit: Limit, is_on: bool) -> &'static str {
    match (limit, is_on) {
        (Limit::Muted, true) => "session.participant_muted",
        (Limit::Muted, false) => "session.participant_unmuted",
        (Limit::Removed, true) => "session.participant_removed",
        (Limit::Removed, false) => "session.participant_let_in",
    }
}

/// Who has come in with another voice than they have by now is put right.
pub(super) fn put_right(
    tx: &mut Tx,
    session: WorkshopSessionId,
    (seat, user): (SeatId, UserId),
    limits: Limits,
    may_publish: Option<bool>,
) {
    // Unless it is told otherwise, they came with what everybody has.
    if may_publish.unwrap_or(true) == limits.muted_at.is_some() {
        tx.enqueue(voicing(session, seat, user));
    }
}

fn voicing(session: WorkshopSessionId, seat: SeatId, user: UserId) -> Job {
    let who = json!({ "session": session.to_string(), "seat": seat.to_string(), "user": user.to_string() });
    Job::new(SET_VOICE, who)
}

/// Tells LiveKit whether somebody may speak, as it stands now. Harmless when repeated.
pub async fn set_voice(app: &App, session: WorkshopSessionId, seat: SeatId, user: UserId) -> Result<()> {
    let Some(livekit) = &app.livekit else { return Ok(()) };
    let Some(room) = store::room_of(app.db.read(), session).await? else { return Ok(()) };
    let identity = Identity::Holder(seat, user).to_string();
    let is_muted = async || -> Result<bool> {
        Ok(store::limits(app.db.read(), session, user).await?.muted_at.is_some())
    };
    let mut told = is_muted().await?;
    for _ in 0..MOST_CHANGES {
        let done = livekit.let_publish(&room, &identity, !told).await;
        done.map_err(|cause| rooms::failed("muting somebody", cause))?;
        // Two of these may run at once: whichever calls last looks again after it.
        let now = is_muted().await?;
        if now == told {
            return Ok(());
        }
        told = now;
    }
    Err(Fault::away("muting somebody", "hosts keep changing their minds").into())
}
