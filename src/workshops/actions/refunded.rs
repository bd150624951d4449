//! Seats that go with their money, and come back with it. The caller holds the order's lock.

use uuid::Uuid;

use crate::db::Tx;
use crate::kernel::{OrderLineId, Result};

use super::super::model::{EntryState, Seat, SeatState, Session};
use super::super::store;
use super::pass_on::{pass_on, vacate};
use super::seating::{self, Payer, Seating};
use super::{give_up, locked, offers};

/// Takes the seats these lines paid for, under their cause: a refund or a dispute. Their places go to who waits.
pub async fn take_seats(tx: &mut Tx, cause: Uuid, lines: &[OrderLineId]) -> Result<()> {
    for known in store::of_lines(tx.conn(), lines).await? {
        let session = locked(tx, known.session).await?;
        let Some(seat) = store::seat(tx.conn(), known.id).await? else { continue };
        if seat.state.may_become(SeatState::Refunded) {
            wait_no_more(tx, &session, &seat).await?;
            vacate(tx, &session, &seat, SeatState::Refunded, Some(cause)).await?;
            give_up::wait_again(tx, &seat).await?;
            pass_on(tx, &session).await?;
        }
    }
    Ok(())
}

/// Who paid too late and has the money back is no longer first in line.
async fn wait_no_more(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<()> {
    let Some(user) = seat.user.filter(|_| seat.state == SeatState::Unseated) else { return Ok(()) };
    match store::live_entry(tx.conn(), seat.session, user).await? {
        Some(entry) => offers::end(tx, session, &entry, EntryState::Left).await,
        None => Ok(()),
    }
}

/// Gives back what [`take_seats`] took for this cause: where the place is gone by now, its buyer chooses again.
pub async fn return_seats(tx: &mut Tx, cause: Uuid) -> Result<()> {
    for seat in store::of_refund(tx.conn(), cause).await? {
        let Some(line) = seat.line else { continue };
        let session = locked(tx, seat.session).await?;
        store::set_state(tx, seat.id, SeatState::Released, None, None).await?;
        if seating::seat_again(tx, &session, &seat).await? {
            continue;
        }
        if let Seating::Unseated(_) = seating::seat(tx, line, Payer::Themselves(seat.user)).await? {
            tracing::warn!(seat = %seat.id, "a refund failed and the place was gone");
        }
    }
    Ok(())
}
