//! A place that became free goes to who has waited longest, in the same change: nobody gets in between.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Result, SeatId};
use crate::queue::Job;

use super::super::letters;
use super::super::model::{Entry, EntryState, OFFER_LIFE, Seat, SeatState, Session, refund_until};
use super::super::store::{self, NewSeat};
use super::invite::tell_holder;
use super::{CODE, locked, rooms, seating, seats_changed};

/// Ends a seat that takes a place. Follow it with [`pass_on`].
pub(super) async fn vacate(
    tx: &mut Tx,
    session: &Session,
    seat: &Seat,
    state: SeatState,
    cause: Option<Uuid>,
) -> Result<()> {
    store::set_state(tx, seat.id, state, None, cause).await?;
    if seat.state.takes_a_place() {
        store::free_place(tx, session.id).await?;
    }
    // Of a session that was called off everybody is told at once.
    if seat.state == SeatState::Seated && session.cancelled_at.is_none() {
        tell_holder(tx, seat);
    }
    rooms::put_out(tx, session, seat).await?;
    let mut event = Event::new("seat.released", seat.id).of_creator(session.creator);
    if let Some(user) = seat.user {
        event = event.of_user(user);
    }
    tx.record(event.with("session", session.id));
    seats_changed(tx, session.id);
    Ok(())
}

/// Offers every free place to who waits, in order. The caller holds the session's lock.
pub(super) async fn pass_on(tx: &mut Tx, session: &Session) -> Result<()> {
    if session.open_for_seats(tx.now()).is_err() {
        return Ok(());
    }
    while let Some(next) = store::first_waiting(tx, session.id).await? {
        if store::live_of_user(tx.conn(), next.user, session.id).await?.is_some() {
            store::set_entry(tx, next.id, EntryState::Seated, None).await?;
            continue;
        }
        if !store::take_place(tx, session.id).await? {
            return Ok(());
        }
        match store::unseated_of(tx.conn(), next.user, session.id).await? {
            Some(seat) => seat_at_last(tx, session, &next, &seat).await?,
            None => offer(tx, session, &next).await?,
        }
    }
    Ok(())
}

async fn seat_at_last(tx: &mut Tx, session: &Session, next: &Entry, seat: &Seat) -> Result<()> {
    store::set_state(tx, seat.id, SeatState::Seated, None, None).await?;
    store::set_entry(tx, next.id, EntryState::Seated, Some(seat.id)).await?;
    seating::confirmed(tx, session, seat, Some(next.user)).await
}

async fn offer(tx: &mut Tx, session: &Session, next: &Entry) -> Result<()> {
    let until = (tx.now() + OFFER_LIFE).min(session.starts_at);
    let code = tx.readable(CODE);
    let new = NewSeat {
        session: session.id,
        user: Some(next.user),
        line: None,
        state: SeatState::Offered,
        held_until: Some(until),
        refund_until: refund_until(session),
        check_in_code: &code,
    };
    let seat = store::insert_seat(tx, &new).await?;
    store::set_entry(tx, next.id, EntryState::Offered, Some(seat)).await?;
    let job = Job::new("workshops.lapse_offer", json!({ "seat": seat.to_string() }));
    tx.enqueue(job.once(format!("lapse:{seat}")).not_before(until));
    let event = Event::new("seat.offered", seat).of_creator(session.creator).of_user(next.user);
    tx.record(event.with("session", session.id).with("entry", next.id));
    letters::offered(tx, session, next, until).await
}

/// Ends an offer that nobody took, and makes the next one.
pub async fn lapse_offer(app: &App, id: SeatId) -> Result<()> {
    let Some(known) = store::seat(app.db.read(), id).await? else { return Ok(()) };
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    let seat = store::seat(tx.conn(), id).await?.filter(|seat| seat.state == SeatState::Offered);
    let Some(seat) = seat.filter(|seat| seat.held_until.is_none_or(|until| until <= tx.now())) else {
        return Ok(());
    };
    if let Some(entry) = store::of_seat(tx.conn(), id).await? {
        store::set_entry(&tx, entry.id, EntryState::Lapsed, Some(id)).await?;
    }
    vacate(&mut tx, &session, &seat, SeatState::Released, None).await?;
    pass_on(&mut tx, &session).await?;
    tx.commit().await
}
