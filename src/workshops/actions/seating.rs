//! What becomes of a held seat when its payment has ended. The caller holds the order's lock.

use serde_json::json;

use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Instant, OrderLineId, Result, UserId};
use crate::queue::Job;

use super::super::model::{Priority, Seat, SeatState, Session, UNSEATED_LIFE};
use super::super::store;
use super::invite::{tell_companion, tell_holder};
use super::pass_on::{pass_on, vacate};
use super::{PAY_BACK, buying, locked, seats_changed};

/// What became of a line's seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seating {
    /// The line is not for a seat.
    None,
    /// It is theirs.
    Seated,
    /// The place was gone, or the session is: until then its buyer chooses what becomes of it.
    Unseated(Instant),
}

/// Who has paid for a seat, as far as it matters to whose it becomes.
#[derive(Clone, Copy, Debug)]
pub enum Payer<'a> {
    /// Its buyer, who has it themselves; none while they are known by their address alone.
    Themselves(Option<UserId>),
    /// Somebody of this name, for a companion.
    Inviting(&'a str),
}

impl Payer<'_> {
    fn owner(&self) -> Option<UserId> {
        match self {
            Self::Themselves(buyer) => *buyer,
            Self::Inviting(_) => None,
        }
    }
}

/// The line is paid: its seat is its holder's, even when the money came after the place was given up, as long as there is
/// one. Who comes too late waits at the front of the list, and may move to another session or have the money back; a
/// companion, who knows nothing of it yet, does not wait: their buyer chooses.
pub async fn seat(tx: &mut Tx, line: OrderLineId, payer: Payer<'_>) -> Result<Seating> {
    let buyer = payer.owner();
    let Some(known) = store::of_line(tx.conn(), line).await? else { return Ok(Seating::None) };
    let session = locked(tx, known.session).await?;
    let Some(seat) = store::of_line(tx.conn(), line).await? else { return Ok(Seating::None) };
    match seat.state {
        SeatState::Seated => {
            adopt(tx, &session, &seat, buyer).await?;
            Ok(Seating::Seated)
        }
        SeatState::Unseated => Ok(Seating::Unseated(seat.held_until.unwrap_or(tx.now()))),
        SeatState::Refunded | SeatState::Offered => Ok(Seating::None),
        SeatState::Held | SeatState::Released => settle(tx, &session, &seat, payer).await,
    }
}

async fn settle(tx: &mut Tx, session: &Session, seat: &Seat, payer: Payer<'_>) -> Result<Seating> {
    let buyer = payer.owner();
    let holder = seat.user.or(buyer);
    let has_place = match (seat.state, session.open_for_seats(tx.now())) {
        // Who paid in time for what has begun meanwhile is in time.
        (SeatState::Held, _) => session.cancelled_at.is_none(),
        (_, Ok(())) => may_sit(tx, session, holder).await? && store::take_place(tx, session.id).await?,
        (_, Err(_)) => false,
    };
    if has_place {
        store::set_state(tx, seat.id, SeatState::Seated, None, None).await?;
        adopt(tx, session, seat, buyer).await?;
        let inviter = match payer {
            Payer::Inviting(name) => Some(name),
            Payer::Themselves(_) => None,
        };
        confirmed(tx, session, seat, (holder, inviter)).await?;
        if let Some(email) = seat.holder_email.as_ref().filter(|_| seat.for_companion) {
            // The address may have been proven long before.
            tx.enqueue(Job::new("workshops.claim", json!({ "email": email })));
        }
        buying::tell_bought(tx, session, seat).await?;
        return Ok(Seating::Seated);
    }
    let until = unseat(tx, session, seat).await?;
    adopt(tx, session, seat, buyer).await?;
    if seat.state == SeatState::Held {
        store::free_place(tx, session.id).await?;
    }
    if let (Some(user), Ok(())) = (holder, session.open_for_seats(tx.now()))
        && store::live_entry(tx.conn(), session.id, user).await?.is_none()
        && may_sit(tx, session, holder).await?
    {
        store::insert_entry(tx, session.id, user, (Priority::Paid, 1)).await?;
    }
    Ok(Seating::Unseated(until))
}

/// A seat at what has begun is had again if its place is free: there is nothing left to choose, and who was there did not
/// lose it. Elsewhere the buyer would be asked, and paid back at once for want of an answer.
pub(super) async fn seat_again(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<bool> {
    let has_begun = session.cancelled_at.is_none() && tx.now() >= session.starts_at;
    if !has_begun || !may_sit(tx, session, seat.user).await? || !store::take_place(tx, session.id).await? {
        return Ok(false);
    }
    store::set_state(tx, seat.id, SeatState::Seated, None, None).await?;
    let event = Event::new("seat.confirmed", seat.id).of_creator(session.creator);
    tx.record(event.with("session", session.id));
    seats_changed(tx, session.id);
    Ok(true)
}

/// A person has one place at a session; another purchase of theirs may have got it meanwhile.
async fn may_sit(tx: &Tx, session: &Session, holder: Option<UserId>) -> Result<bool> {
    match holder {
        Some(user) => Ok(store::live_of_user(tx.conn(), user, session.id).await?.is_none()),
        None => Ok(true),
    }
}

/// The money is here and the place is not: the buyer chooses, and at the end of that time it goes back.
pub(super) async fn unseat(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<Instant> {
    let until = match session.cancelled_at {
        Some(_) => tx.now(),
        None => (tx.now() + UNSEATED_LIFE).min(session.ends_at.max(tx.now())),
    };
    store::set_state(tx, seat.id, SeatState::Unseated, Some(until), None).await?;
    let reason = if session.cancelled_at.is_some() { "SESSION_CANCELLED" } else { "CANNOT_ATTEND" };
    let job = Job::new(PAY_BACK, json!({ "seat": seat.id.to_string(), "reason": reason }));
    tx.enqueue(job.once(format!("unseated:{}:{}", seat.id, until.timestamp())).not_before(until));
    let event = Event::new("seat.unseated", seat.id).of_creator(session.creator).with("session", session.id);
    tx.record(event);
    seats_changed(tx, session.id);
    Ok(until)
}

/// A guest who had bought a seat has proven the address: it is theirs as it stands.
pub async fn adopt_seat(tx: &Tx, line: OrderLineId, buyer: UserId) -> Result<()> {
    let Some(known) = store::of_line(tx.conn(), line).await? else { return Ok(()) };
    let session = locked(tx, known.session).await?;
    let Some(seat) = store::of_line(tx.conn(), line).await? else { return Ok(()) };
    match seat.for_companion || seat.passed_on {
        true => Ok(()),
        false => adopt(tx, &session, &seat, Some(buyer)).await,
    }
}

/// A purchase of a guest has found its person.
async fn adopt(tx: &Tx, session: &Session, seat: &Seat, buyer: Option<UserId>) -> Result<()> {
    let Some(buyer) = buyer.filter(|_| seat.user.is_none()) else { return Ok(()) };
    let taken = seat.state.takes_a_place() && !may_sit(tx, session, Some(buyer)).await?;
    if taken {
        // They have another seat there: this one stays with the address, to be given away or given up.
        return Ok(());
    }
    store::claim(tx, seat.id, buyer).await
}

/// Tells of it; and if this was the last place, somebody who gave one up late has their money back.
pub(super) async fn confirmed(
    tx: &mut Tx,
    session: &Session,
    seat: &Seat,
    (holder, inviter): (Option<UserId>, Option<&str>),
) -> Result<()> {
    let mut event = Event::new("seat.confirmed", seat.id).of_creator(session.creator);
    if let Some(user) = holder {
        event = event.of_user(user);
    }
    tx.record(event.with("session", session.id));
    match inviter {
        Some(inviter) => tell_companion(tx, seat, inviter),
        None => tell_holder(tx, &Seat { user: holder, ..seat.clone() }),
    }
    let is_full = store::session(tx.conn(), session.id).await?.is_some_and(|now| now.is_full());
    if is_full && let Some(resold) = store::take_resold(tx, session.id).await? {
        let payload = json!({ "seat": resold.to_string(), "reason": "CANNOT_ATTEND" });
        tx.enqueue(Job::new(PAY_BACK, payload).once(format!("resold:{resold}")));
    }
    Ok(())
}

/// These lines will not be paid: their places go to who waits.
pub async fn release_unpaid(tx: &mut Tx, lines: &[OrderLineId]) -> Result<()> {
    for known in store::of_lines(tx.conn(), lines).await? {
        let session = locked(tx, known.session).await?;
        let seat = store::seat(tx.conn(), known.id).await?.filter(|seat| seat.state == SeatState::Held);
        if let Some(seat) = seat {
            vacate(tx, &session, &seat, SeatState::Released, None).await?;
            buying::offer_again(tx, &session, &seat).await?;
            pass_on(tx, &session).await?;
        }
    }
    Ok(())
}
