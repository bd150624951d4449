//! Waiting for a place, and ceasing to.

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Denied, Error, Refusal, Result, UserId, Viewer, WaitlistEntryId, WorkshopSessionId};
use crate::throttle::{self, Rate};

use super::super::model::{EntryState, Priority, SeatState, Session};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::locked;
use super::pass_on::{pass_on, vacate};

const JOINS: Rate = Rate { burst: 20, every_seconds: 60 };

/// Puts the caller on the list of a full session. Who is on it already stays where they are.
pub async fn join_waitlist(
    app: &App,
    viewer: &Viewer,
    session: WorkshopSessionId,
) -> Result<WaitlistEntryId> {
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    throttle::take(app, "waitlist", &viewer.user_id.to_string(), JOINS).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, session).await?;
    if let Some(entry) = store::live_entry(tx.conn(), session.id, viewer.user_id).await? {
        return Ok(entry.id);
    }
    may_wait(&tx, &session, viewer.user_id).await?.map_err(|no| Error::from(no.at(["sessionId"])))?;
    let id = store::insert_entry(&tx, session.id, viewer.user_id, Priority::Ordinary).await?;
    let event = Event::new("waitlist.joined", id).of_creator(session.creator).of_user(viewer.user_id);
    tx.record(event.with("session", session.id));
    tx.commit().await?;
    Ok(id)
}

async fn may_wait(tx: &Tx, session: &Session, user: UserId) -> Result<std::result::Result<(), No>> {
    if let Err(no) = session.open_for_seats(tx.now()) {
        return Ok(Err(no));
    }
    if !session.waitlist_enabled {
        return Ok(Err(No::NoWaitlist));
    }
    if store::live_of_user(tx.conn(), user, session.id).await?.is_some() {
        return Ok(Err(No::Seated));
    }
    Ok(if session.is_full() { Ok(()) } else { Err(No::PlacesLeft) })
}

/// Takes the caller off the list; what was offered to them goes to who is next.
pub async fn leave_waitlist(app: &App, viewer: &Viewer, id: WaitlistEntryId) -> Result<()> {
    let theirs = store::entry(app.db.read(), id).await?.filter(|entry| entry.user == viewer.user_id);
    let known = theirs.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    let entry = store::entry(tx.conn(), id).await?.filter(|entry| entry.state.is_live());
    let Some(entry) = entry else { return Ok(()) };
    store::set_entry(&tx, id, EntryState::Left, entry.seat).await?;
    if let Some(offered) = entry.seat
        && let Some(seat) = store::seat(tx.conn(), offered).await?
        && seat.state == SeatState::Offered
    {
        vacate(&mut tx, &session, &seat, SeatState::Released, None).await?;
        pass_on(&mut tx, &session).await?;
    }
    tx.record(Event::new("waitlist.left", id).of_creator(session.creator).of_user(viewer.user_id));
    tx.commit().await
}
