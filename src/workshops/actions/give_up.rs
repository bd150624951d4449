//! Giving a seat back. Whether money goes with it is decided here; `refunds` sends it.

use crate::db::Tx;
use crate::kernel::{Denied, Error, OrderLineId, Refusal, Result, SeatId, UserId};

use super::super::model::{EntryState, Seat, SeatState};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::pass_on::{pass_on, vacate};
use super::{locked, offers};

/// Who gives a seat back.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// Whose it is.
    Holder(UserId),
    /// Who bought it for a companion. The caller has checked that they did.
    Payer,
}

impl By {
    fn may(self, seat: &Seat) -> bool {
        match self {
            Self::Holder(user) => seat.user == Some(user),
            Self::Payer => seat.for_companion,
        }
    }
}

/// A seat that was given back.
#[derive(Clone, Copy, Debug)]
pub struct GivenUp {
    /// What had paid for it.
    pub line: Option<OrderLineId>,
    /// Whether its money goes back now; otherwise when its place is sold again.
    pub pays_back: bool,
}

/// Gives a seat back, before the session begins. What a companion has passed on is no longer the buyer's to give back: who
/// has it now was given it by somebody else. The caller holds the lock of the order that paid for it.
pub async fn give_up(tx: &mut Tx, id: SeatId, by: By) -> Result<GivenUp> {
    let theirs = store::seat(tx.conn(), id).await?.filter(|seat| by.may(seat));
    let known = theirs.ok_or(Denied::NotFound)?;
    let session = locked(tx, known.session).await?;
    let seat = store::seat(tx.conn(), id).await?.filter(|seat| by.may(seat));
    let seat = seat.ok_or(Denied::NotFound)?;
    let refused = |no: No| Error::from(no.at(["seatId"]));
    if matches!(by, By::Payer) && seat.passed_on {
        return Err(refused(No::SeatGone));
    }
    match seat.state {
        SeatState::Seated => session.open_for_seats(tx.now()).map_err(refused)?,
        SeatState::Unseated => {}
        _ => return Err(refused(No::SeatGone)),
    }
    let in_time = seat.state == SeatState::Unseated || tx.now() <= seat.refund_until;
    // Who waited before somebody bought them a seat waits on when that somebody gives it back.
    let no_longer_waits = matches!(by, By::Holder(_)) || seat.state == SeatState::Unseated;
    if let Some(holder) = seat.user.filter(|_| no_longer_waits)
        && let Some(entry) = store::live_entry(tx.conn(), session.id, holder).await?
    {
        offers::end(tx, &session, &entry, EntryState::Left).await?;
    }
    vacate(tx, &session, &seat, SeatState::Released, None).await?;
    if matches!(by, By::Payer) {
        wait_again(tx, &seat).await?;
    }
    if seat.line.is_some() && !in_time {
        store::set_resold(tx, id, true).await?;
    }
    pass_on(tx, &session).await?;
    Ok(GivenUp { line: seat.line, pays_back: in_time && seat.line.is_some() })
}

/// Who had waited, and had a seat by somebody else who takes it away again, is first in line once more.
pub(super) async fn wait_again(tx: &Tx, seat: &Seat) -> Result<()> {
    if let Some(user) = seat.user.filter(|_| seat.for_companion && seat.state == SeatState::Seated) {
        store::wait_again(tx, seat.session, user).await?;
    }
    Ok(())
}

/// What paid for a seat whose money is owed: its session was called off, its place was gone when the money came and its
/// buyer has not chosen, or it was given up and sold again. None once any of that is no longer so.
pub async fn owed(tx: &Tx, id: SeatId) -> Result<Option<OrderLineId>> {
    let Some(known) = store::seat(tx.conn(), id).await? else { return Ok(None) };
    let session = locked(tx, known.session).await?;
    let Some(seat) = store::seat(tx.conn(), id).await? else { return Ok(None) };
    let is_owed = match seat.state {
        SeatState::Seated => session.cancelled_at.is_some(),
        SeatState::Unseated => {
            session.cancelled_at.is_some() || seat.held_until.is_none_or(|until| until <= tx.now())
        }
        SeatState::Released => !seat.refund_if_resold,
        SeatState::Offered | SeatState::Held | SeatState::Refunded => false,
    };
    Ok(seat.line.filter(|_| is_owed))
}
