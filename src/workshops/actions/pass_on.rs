//! A place that became free goes to who has waited longest, in the same change: nobody gets in between.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Instant, Result, SeatId, WaitlistEntryId};
use crate::queue::Job;

use super::super::model::{Entry, EntryState, OFFER_LIFE, Seat, SeatState, Session, WhyNot, refund_until};
use super::super::store::{self, NewSeat};
use super::invite::tell_holder;
use super::tell_offer::TELL_OFFER;
use super::{CODE, buying, claim, locked, rooms, seating, seats_changed};

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
    claim::next_is_theirs(tx, seat).await?;
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
            None => offer(tx, session, &next, None).await?,
        }
    }
    Ok(())
}

async fn seat_at_last(tx: &mut Tx, session: &Session, next: &Entry, seat: &Seat) -> Result<()> {
    store::set_state(tx, seat.id, SeatState::Seated, None, None).await?;
    store::set_entry(tx, next.id, EntryState::Seated, Some(seat.id)).await?;
    seating::confirmed(tx, session, seat, (Some(next.user), None)).await
}

/// Keeps a place, which was taken for it, for somebody: to be bought by itself, or by them. `why` says why not by itself.
pub(super) async fn offer(tx: &mut Tx, session: &Session, next: &Entry, why: Option<WhyNot>) -> Result<()> {
    let until = (tx.now() + OFFER_LIFE).min(session.starts_at);
    let code = tx.readable(CODE);
    let new = NewSeat {
        session: session.id,
        user: Some(next.user),
        email: None,
        for_companion: false,
        line: None,
        state: SeatState::Offered,
        held_until: Some(until),
        refund_until: refund_until(session),
        check_in_code: &code,
    };
    let seat = store::insert_seat(tx, &new).await?;
    store::set_entry(tx, next.id, EntryState::Offered, Some(seat)).await?;
    when_lapsed(tx, seat, until);
    let event = Event::new("seat.offered", seat).of_creator(session.creator).of_user(next.user);
    tx.record(event.with("session", session.id).with("entry", next.id));
    if store::buying(tx.conn(), next.id).await?.is_some_and(|buying| buying.is_due()) {
        buying::buy(tx, next.id);
        return Ok(());
    }
    tell_offer(tx, next.id, seat, why);
    Ok(())
}

/// Writes to whoever a seat is kept for; `why` says why it was not bought by itself.
pub(super) fn tell_offer(tx: &mut Tx, entry: WaitlistEntryId, seat: SeatId, why: Option<WhyNot>) {
    let payload =
        json!({ "entry": entry.to_string(), "seat": seat.to_string(), "why": why.map(WhyNot::name) });
    tx.enqueue(Job::new(TELL_OFFER, payload).once(format!("offer:{entry}:{seat}")));
}

/// Ends the offer at its time.
pub(super) fn when_lapsed(tx: &mut Tx, seat: SeatId, until: Instant) {
    let job = Job::new("workshops.lapse_offer", json!({ "seat": seat.to_string() }));
    tx.enqueue(job.once(format!("lapse:{seat}:{}", until.timestamp())).not_before(until));
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
        if buying::tell_before_it_lapses(&mut tx, &session, &entry).await? {
            return tx.commit().await;
        }
        store::set_entry(&tx, entry.id, EntryState::Lapsed, Some(id)).await?;
    }
    vacate(&mut tx, &session, &seat, SeatState::Released, None).await?;
    pass_on(&mut tx, &session).await?;
    tx.commit().await
}
