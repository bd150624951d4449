//! Waiting for a place, and ceasing to.

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Denied, Error, Refusal, Result, UserId, Viewer, WaitlistEntryId, WorkshopSessionId};
use crate::throttle::{self, Rate};

use super::super::model::{Agreement, EntryState, Priority, SeatState, Session};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::pass_on::{pass_on, vacate};
use super::{buying, locked};

const JOINS: Rate = Rate { burst: 20, every_seconds: 60 };

/// Puts the caller on the list of a full session. Who is on it already stays where they are; what they agree to now counts,
/// and what they agreed to before stays if they agree to nothing.
pub async fn join_waitlist(
    app: &App,
    viewer: &Viewer,
    session: WorkshopSessionId,
    agreement: Option<Agreement>,
) -> Result<WaitlistEntryId> {
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    throttle::take(app, "waitlist", &viewer.user_id.to_string(), JOINS).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, session).await?;
    if let Some(entry) = store::live_entry(tx.conn(), session.id, viewer.user_id).await? {
        let Some(agreement) = agreement else { return Ok(entry.id) };
        if let Err(no) = session.open_for_seats(tx.now()) {
            return Err(no.at(["sessionId"]).into());
        }
        if entry.state == EntryState::Offered {
            return Err(No::OfferedAlready.at(["sessionId"]).into());
        }
        as_shown(&tx, &session, &agreement).await?;
        store::agree(&tx, entry.id, agreement).await?;
        tx.record(agreed(&session, viewer, entry.id));
        tx.commit().await?;
        return Ok(entry.id);
    }
    may_wait(&tx, &session, viewer.user_id).await?.map_err(|no| Error::from(no.at(["sessionId"])))?;
    let id = store::insert_entry(&tx, session.id, viewer.user_id, Priority::Ordinary).await?;
    let event = Event::new("waitlist.joined", id).of_creator(session.creator).of_user(viewer.user_id);
    tx.record(event.with("session", session.id));
    if let Some(agreement) = agreement {
        as_shown(&tx, &session, &agreement).await?;
        store::agree(&tx, id, agreement).await?;
        tx.record(agreed(&session, viewer, id));
    }
    tx.commit().await?;
    Ok(id)
}

/// What is agreed to is the date and the policy there are, not those of a moment ago.
async fn as_shown(tx: &Tx, session: &Session, agreement: &Agreement) -> Result<()> {
    match buying::terms(tx.conn(), session).await? == agreement.terms {
        true => Ok(()),
        false => Err(No::TermsChanged.at(["autoBuy", "quoteToken"]).into()),
    }
}

fn agreed(session: &Session, viewer: &Viewer, entry: WaitlistEntryId) -> Event {
    Event::new("waitlist.buying_agreed", entry).of_creator(session.creator).of_user(viewer.user_id)
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

/// Takes the caller off the list; what was offered to them goes to who is next. A seat that is being bought for them is left
/// while nothing was charged; later it is refused.
pub async fn leave_waitlist(app: &App, viewer: &Viewer, id: WaitlistEntryId) -> Result<()> {
    let theirs = store::entry(app.db.read(), id).await?.filter(|entry| entry.user == viewer.user_id);
    let known = theirs.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    let Some(entry) = store::entry(tx.conn(), id).await? else { return Ok(()) };
    if !entry.state.is_live() {
        if entry.state == EntryState::Seated && buying::leave_purchase(&mut tx, &entry).await? {
            tx.record(left(&session, viewer, id));
            return tx.commit().await;
        }
        return Ok(());
    }
    store::set_entry(&tx, id, EntryState::Left, entry.seat).await?;
    if let Some(offered) = entry.seat
        && let Some(seat) = store::seat(tx.conn(), offered).await?
        && seat.state == SeatState::Offered
    {
        vacate(&mut tx, &session, &seat, SeatState::Released, None).await?;
        pass_on(&mut tx, &session).await?;
    }
    tx.record(left(&session, viewer, id));
    tx.commit().await
}

fn left(session: &Session, viewer: &Viewer, entry: WaitlistEntryId) -> Event {
    Event::new("waitlist.left", entry).of_creator(session.creator).of_user(viewer.user_id)
}
