//! What LiveKit tells of rooms: who came and went, that a room is empty, that a recording has ended. Each event has its effect once.
//!
//! An event is believed only with our signature (`livekit_gateway::webhook`); its id is written down in the same change
//! as its effect. Whoever comes in without a seat, or removed by a host, with a permission from before, has to leave again.

use chrono::Duration;
use livekit_gateway::webhook::{Told, WebhookRefusal, verify};

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Instant, Result, SeatId, UserId, WorkshopSessionId};

use super::super::model::{Identity, Session, SessionStatus, VisitMeans};
use super::super::store;
use super::{locked, moderate, record, recordings, rooms, tell_replay};

/// How long events are remembered. Their signatures end after minutes.
const REMEMBERED: Duration = Duration::days(7);

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It had its effect, or needs none.
    Taken,
    /// It was told before.
    Known,
    /// It is not LiveKit's, or its time is over.
    Refused(WebhookRefusal),
    /// There are no rooms of ours.
    NoRooms,
}

/// Takes in what LiveKit tells. An error is ours; then LiveKit tells again.
pub async fn hear(app: &App, raw_body: &[u8], authorization: &str) -> Result<Heard> {
    let Some(settings) = &app.settings.livekit else { return Ok(Heard::NoRooms) };
    let key = (settings.api_key.as_str(), settings.api_secret.reveal());
    let told = match verify(raw_body, authorization, key, app.now()) {
        Ok(told) => told,
        Err(refusal) => {
            tracing::warn!(%refusal, "a webhook in LiveKit's name was refused");
            return Ok(Heard::Refused(refusal));
        }
    };
    let mut tx = app.begin().await?;
    if !store::note_event(&tx, &told.id, &told.event).await? {
        tracing::info!(event = told.id, "LiveKit told of an event again");
        return Ok(Heard::Known);
    }
    take_effect(&mut tx, &told).await?;
    tx.commit().await?;
    Ok(Heard::Taken)
}

async fn take_effect(tx: &mut Tx, told: &Told) -> Result<()> {
    let Some(room) = &told.room else { return Ok(()) };
    // Others may use the same server: their rooms are not ours.
    let Some(id) = store::session_of_room(tx.conn(), room).await? else { return Ok(()) };
    match told.event.as_str() {
        "participant_joined" => came(tx, id, told).await,
        "participant_left" => went(tx, id, told).await,
        "room_started" => {
            let session = locked(tx, id).await?;
            tx.record(Event::new("session.room_started", id).of_creator(session.creator));
            record::began_anew(tx, &session).await
        }
        "room_finished" => emptied(tx, id, told).await,
        "egress_ended" => {
            let session = locked(tx, id).await?;
            // Who came back while its film was on its way is recorded from now. One that failed waits for the next who
            // comes in: what is broken would be begun again and again.
            if recordings::take_in(tx, &session, told).await? {
                record::want(tx, &session).await?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Who has the seat was there; who had it has to leave again. A room that came back after its session is closed again.
async fn came(tx: &mut Tx, id: WorkshopSessionId, told: &Told) -> Result<()> {
    let session = locked(tx, id).await?;
    if matches!(session.status_at(tx.now()), SessionStatus::Ended | SessionStatus::Cancelled) {
        rooms::shut(tx, &session).await?;
        return Ok(());
    }
    record::want(tx, &session).await?;
    let Some((seat, user)) = holder(told) else { return Ok(()) };
    let has_seat = store::seat(tx.conn(), seat).await?.is_some_and(|known| known.opens(id, user));
    if !has_seat {
        tx.enqueue(rooms::expelling(id, seat, user));
        return Ok(());
    }
    let limits = store::limits(tx.conn(), id, user).await?;
    if limits.removed_at.is_some() {
        tx.enqueue(rooms::expelling(id, seat, user));
    }
    // That they came may be told after they were removed: they were there.
    if !limits.welcomed(came_at(tx, told)) {
        return Ok(());
    }
    moderate::put_right(tx, id, (seat, user), limits, told.may_publish);
    note_there(tx, &session, seat, told).await?;
    let event = Event::new("session.attended", id).of_creator(session.creator).of_user(user);
    tx.record(event.with("seat", seat));
    Ok(())
}

/// Who left has been there till then. That they came may be told after that they went.
async fn went(tx: &mut Tx, id: WorkshopSessionId, told: &Told) -> Result<()> {
    let Some((seat, user)) = holder(told) else { return Ok(()) };
    let Some(visit) = &told.visit else { return Ok(()) };
    let session = locked(tx, id).await?;
    let known = store::seat(tx.conn(), seat).await?;
    if !known.is_some_and(|known| known.session == id && known.user == Some(user)) {
        return Ok(());
    }
    let at = told.at.unwrap_or(tx.now()).min(tx.now());
    let Some(since) = told.came_at else {
        store::leave(tx, seat, visit, at).await?;
        return Ok(());
    };
    // Who came to a room that was over, or after they were removed, was not let in: see `came`.
    let is_welcome = store::limits(tx.conn(), id, user).await?.welcomed(came_at(tx, told));
    let was_on =
        is_welcome && !matches!(session.status_at(since), SessionStatus::Ended | SessionStatus::Cancelled);
    if !store::leave(tx, seat, visit, at).await? && was_on {
        note_there(tx, &session, seat, told).await?;
        store::leave(tx, seat, visit, at).await?;
    }
    Ok(())
}

fn holder(told: &Told) -> Option<(SeatId, UserId)> {
    match told.identity.as_deref().and_then(Identity::of)? {
        Identity::Holder(seat, user) => Some((seat, user)),
        Identity::Host(_) => None,
    }
}

/// They were there, each time they came in: LiveKit's clock says when, which may be ahead of ours.
async fn note_there(tx: &mut Tx, session: &Session, seat: SeatId, told: &Told) -> Result<()> {
    if store::set_attended(tx, session.id, &[seat], true).await? == 0 {
        return Ok(());
    }
    let at = came_at(tx, told);
    store::come(tx, seat, VisitMeans::Room, told.visit.as_deref().unwrap_or(&told.id), at).await?;
    tell_replay::again(tx, session.id).await
}

fn came_at(tx: &Tx, told: &Told) -> Instant {
    told.came_at.or(told.at).unwrap_or(tx.now()).min(tx.now())
}

/// Everybody has left. Before its time is up they may come back; after it, that is the end.
async fn emptied(tx: &mut Tx, id: WorkshopSessionId, told: &Told) -> Result<()> {
    let session = locked(tx, id).await?;
    store::end_visits(tx, id, told.at.unwrap_or(tx.now()).min(tx.now())).await?;
    if is_done(&session, tx) {
        store::set_closed(tx, id).await?;
        tx.record(Event::new("session.ended", id).of_creator(session.creator));
    }
    Ok(())
}

fn is_done(session: &Session, tx: &Tx) -> bool {
    session.closed_at.is_none() && session.cancelled_at.is_none() && tx.now() >= session.ends_at
}

/// Forgets events whose signatures ended long ago.
pub async fn forget_heard(app: &App) -> Result<()> {
    store::forget_events(&app.db, app.now() - REMEMBERED).await
}
