//! A place that became free goes to who has waited longest, in the same change: nobody gets in between.
//!
//! Not here: what is kept for them, and for how long (`offers`).

use uuid::Uuid;

use crate::db::Tx;
use crate::events::Event;
use crate::kernel::Result;

use super::super::model::{Entry, EntryState, Seat, SeatState, Session};
use super::super::store;
use super::invite::tell_holder;
use super::{claim, offers, rooms, seating, seats_changed};

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

/// Offers every free place to who waits, in order: as many of them as the first one wants, then to the next. Who has been
/// offered fewer than they want comes before whoever is behind them. The caller holds the session's lock.
pub(super) async fn pass_on(tx: &mut Tx, session: &Session) -> Result<()> {
    if session.open_for_seats(tx.now()).is_err() {
        return Ok(());
    }
    while let Some(next) = store::next_in_line(tx, session.id).await? {
        if next.state == EntryState::Offered {
            if !offers::add(tx, session, &next).await? {
                return Ok(());
            }
            continue;
        }
        if store::live_of_user(tx.conn(), next.user, session.id).await?.is_some() {
            store::set_entry(tx, next.id, EntryState::Seated, None).await?;
            continue;
        }
        if !store::take_place(tx, session.id).await? {
            return Ok(());
        }
        match store::unseated_of(tx.conn(), next.user, session.id).await? {
            Some(seat) => seat_at_last(tx, session, &next, &seat).await?,
            None => offers::offer(tx, session, &next, None).await?,
        }
    }
    Ok(())
}

async fn seat_at_last(tx: &mut Tx, session: &Session, next: &Entry, seat: &Seat) -> Result<()> {
    store::set_state(tx, seat.id, SeatState::Seated, None, None).await?;
    store::set_entry(tx, next.id, EntryState::Seated, Some(seat.id)).await?;
    seating::confirmed(tx, session, seat, (Some(next.user), None)).await
}
