//! An offer: seats that are kept, for a while, for who has waited longest: their own, and beside it those of whom they bring.
//!
//! Keeps true: never more than they want; all of it for one span of time, which does not begin anew when more is added; what
//! is not taken in it, or by the one order that takes of it, goes on to who is next in the same change.
//! Not here: who is next (`pass_on`), and the letter (`tell_offer`).

use serde_json::json;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Instant, Result, SeatId, UserId, WaitlistEntryId, WorkshopSessionId};
use crate::queue::Job;

use super::super::model::{Entry, EntryState, OFFER_LIFE, SeatState, Session, WhyNot, refund_until};
use super::super::store::{self, NewSeat};
use super::pass_on::{pass_on, vacate};
use super::tell_offer::TELL_OFFER;
use super::{CODE, buying, locked};

/// Keeps a place, which was taken for it, for somebody: to be bought by itself, or by them; and beside it as many as they want
/// and there are. `why` says why not by itself.
pub(super) async fn offer(tx: &mut Tx, session: &Session, next: &Entry, why: Option<WhyNot>) -> Result<()> {
    let until = (tx.now() + OFFER_LIFE).min(session.starts_at);
    let own = keep(tx, session, next, Place::Own, until).await?;
    store::set_entry(tx, next.id, EntryState::Offered, Some(own)).await?;
    keep_beside(tx, session, next, (1, until)).await?;
    tx.record(offered(session, next, own));
    if store::buying(tx.conn(), next.id).await?.is_some_and(|buying| buying.is_due()) {
        buying::buy(tx, next.id);
        return Ok(());
    }
    tell_offer(tx, next.id, own, why);
    Ok(())
}

/// Keeps more for somebody for whom less is kept than they want, until the same time. False if there is no place.
pub(super) async fn add(tx: &mut Tx, session: &Session, next: &Entry) -> Result<bool> {
    let kept = store::offered_to(tx.conn(), next).await?;
    let Some((own, until)) = kept.first().and_then(|own| own.held_until.map(|until| (own.id, until))) else {
        return Ok(false);
    };
    let Some(last) = keep_beside(tx, session, next, (kept.len(), until)).await? else { return Ok(false) };
    tx.record(offered(session, next, last));
    tell(tx, next.id, own, (last, None));
    Ok(true)
}

fn offered(session: &Session, next: &Entry, seat: SeatId) -> Event {
    let event = Event::new("seat.offered", seat).of_creator(session.creator).of_user(next.user);
    event.with("session", session.id).with("entry", next.id)
}

/// Keeps places beside those that are kept already, as many as are wanted and free; gives the last of them.
async fn keep_beside(
    tx: &mut Tx,
    session: &Session,
    next: &Entry,
    (kept, until): (usize, Instant),
) -> Result<Option<SeatId>> {
    let mut last = None;
    for _ in kept..next.seats {
        if !store::take_place(tx, session.id).await? {
            break;
        }
        last = Some(keep(tx, session, next, Place::Beside, until).await?);
    }
    Ok(last)
}

/// Whose a kept place is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The one's who waits.
    Own,
    /// Nobody's yet: somebody's whom they bring.
    Beside,
}

async fn keep(tx: &mut Tx, session: &Session, next: &Entry, place: Place, until: Instant) -> Result<SeatId> {
    let code = tx.readable(CODE);
    let new = NewSeat {
        session: session.id,
        user: (place == Place::Own).then_some(next.user),
        email: None,
        for_companion: false,
        offered_to: (place == Place::Beside).then_some(next.id),
        line: None,
        state: SeatState::Offered,
        held_until: Some(until),
        refund_until: refund_until(session),
        check_in_code: &code,
    };
    let seat = store::insert_seat(tx, &new).await?;
    when_lapsed(tx, seat, until);
    Ok(seat)
}

/// Writes to whoever a seat is kept for; `why` says why it was not bought by itself.
pub(super) fn tell_offer(tx: &mut Tx, entry: WaitlistEntryId, own: SeatId, why: Option<WhyNot>) {
    tell(tx, entry, own, (own, why));
}

fn tell(tx: &mut Tx, entry: WaitlistEntryId, own: SeatId, (last, why): (SeatId, Option<WhyNot>)) {
    let payload =
        json!({ "entry": entry.to_string(), "seat": own.to_string(), "why": why.map(WhyNot::name) });
    tx.enqueue(Job::new(TELL_OFFER, payload).once(format!("offer:{entry}:{last}")));
}

/// Ends the offer at its time.
pub(super) fn when_lapsed(tx: &mut Tx, seat: SeatId, until: Instant) {
    let job = Job::new("workshops.lapse_offer", json!({ "seat": seat.to_string() }));
    tx.enqueue(job.once(format!("lapse:{seat}:{}", until.timestamp())).not_before(until));
}

/// Ends a wish; what is kept for it takes no place any more. Follow it with [`pass_on`].
pub(super) async fn end(tx: &mut Tx, session: &Session, entry: &Entry, state: EntryState) -> Result<()> {
    store::set_entry(tx, entry.id, state, entry.seat).await?;
    for seat in store::offered_to(tx.conn(), entry).await? {
        vacate(tx, session, &seat, SeatState::Released, None).await?;
    }
    Ok(())
}

/// Gives up what is kept beyond this number, those beside their own first. Follow it with [`pass_on`].
pub(super) async fn keep_only(tx: &mut Tx, session: &Session, entry: &Entry, wanted: usize) -> Result<()> {
    for seat in store::offered_to(tx.conn(), entry).await?.iter().skip(wanted) {
        vacate(tx, session, seat, SeatState::Released, None).await?;
    }
    Ok(())
}

/// Ends an offer that nobody took, all of it, and makes the next one.
pub async fn lapse_offer(app: &App, id: SeatId) -> Result<()> {
    let Some(known) = store::seat(app.db.read(), id).await? else { return Ok(()) };
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    let seat = store::seat(tx.conn(), id).await?.filter(|seat| seat.state == SeatState::Offered);
    let Some(seat) = seat.filter(|seat| seat.held_until.is_none_or(|until| until <= tx.now())) else {
        return Ok(());
    };
    match store::of_seat(tx.conn(), &seat).await? {
        Some(entry) => {
            if buying::tell_before_it_lapses(&mut tx, &session, &entry).await? {
                return tx.commit().await;
            }
            end(&mut tx, &session, &entry, EntryState::Lapsed).await?;
        }
        None => vacate(&mut tx, &session, &seat, SeatState::Released, None).await?,
    }
    pass_on(&mut tx, &session).await?;
    tx.commit().await
}

/// One order takes of an offer: what it has not taken goes on to who is next. The caller holds the session's lock, and has
/// taken all that it takes.
pub async fn pass_on_rest(tx: &mut Tx, session: WorkshopSessionId, user: UserId) -> Result<()> {
    let rest = store::kept_for(tx.conn(), user, session).await?;
    if rest.is_empty() || store::live_entry(tx.conn(), session, user).await?.is_some() {
        return Ok(());
    }
    let session = locked(tx, session).await?;
    for seat in rest {
        vacate(tx, &session, &seat, SeatState::Released, None).await?;
    }
    pass_on(tx, &session).await
}
