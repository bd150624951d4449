//! Going to another session of the same workshop: the seat moves with what was paid for it.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::events::Event;
use crate::idempotency::Call;
use crate::kernel::{Denied, Error, Refusal, Result, SeatId, Viewer, WorkshopSessionId};

use super::super::model::{EntryState, SeatState, refund_until};
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::invite::tell_holder;
use super::pass_on::pass_on;
use super::{claim, offers, rooms, seats_changed};

/// Moves the caller's seat, also one that was paid too late. Prices are the workshop's, so there is no difference to
/// pay. The same key does it once.
pub async fn move_seat(
    app: &App,
    viewer: &Viewer,
    id: SeatId,
    to: WorkshopSessionId,
    key: Uuid,
) -> Result<()> {
    let user = viewer.user_id;
    let call = Call::new(user, "seatMove", key, &[&id.to_string(), &to.to_string()]);
    if call.earlier(app.db.read()).await?.is_some() {
        return Ok(());
    }
    let theirs = store::seat(app.db.read(), id).await?.filter(|seat| seat.user == Some(user));
    let known = theirs.ok_or(Denied::NotFound)?;
    let refused = |no: No, at: &'static str| Error::from(no.at([at]));
    if known.session == to {
        return Err(refused(No::SameSession, "sessionId"));
    }
    let mut tx = app.begin().await?;
    // Always in the same order, so that two moves in opposite directions never wait for each other.
    let unknown = || refused(No::SessionUnknown, "sessionId");
    let (first, second) = (known.session.min(to), known.session.max(to));
    let first = store::lock(&tx, first).await?.ok_or_else(unknown)?;
    let second = store::lock(&tx, second).await?.ok_or_else(unknown)?;
    let (from, to) = if first.id == known.session { (first, second) } else { (second, first) };
    let seat = store::seat(tx.conn(), id).await?;
    let seat = seat.filter(|seat| seat.user == Some(user) && seat.session == from.id);
    let seat = seat.ok_or_else(|| refused(No::SeatGone, "seatId"))?;
    if from.workshop != to.workshop {
        return Err(unknown());
    }
    match seat.state {
        SeatState::Seated if from.cancelled_at.is_none() => {
            from.open_for_seats(tx.now()).map_err(|no| refused(no, "seatId"))?;
        }
        SeatState::Seated | SeatState::Unseated => {}
        _ => return Err(refused(No::SeatGone, "seatId")),
    }
    to.open_for_seats(tx.now()).map_err(|no| refused(no, "sessionId"))?;
    if store::live_of_user(tx.conn(), user, to.id).await?.is_some() {
        return Err(refused(No::Seated, "sessionId"));
    }
    if !store::take_place(&tx, to.id).await? {
        return Err(refused(No::Full(to.id, to.waitlist_enabled), "sessionId"));
    }
    if seat.state == SeatState::Seated {
        store::free_place(&tx, from.id).await?;
    }
    if let Some(entry) = store::live_entry(tx.conn(), from.id, user).await? {
        offers::end(&mut tx, &from, &entry, EntryState::Left).await?;
    }
    store::set_session(&tx, id, to.id, refund_until(&to).max(seat.refund_until.min(to.starts_at))).await?;
    if seat.state == SeatState::Unseated {
        store::set_state(&tx, id, SeatState::Seated, None, None).await?;
    }
    tell_holder(&mut tx, &seat);
    rooms::put_out(&mut tx, &from, &seat).await?;
    claim::next_is_theirs(&mut tx, &seat).await?;
    pass_on(&mut tx, &from).await?;
    let event = Event::new("seat.moved", id).of_creator(to.creator).of_user(user);
    tx.record(event.with("from", from.id).with("session", to.id));
    seats_changed(&mut tx, from.id);
    if call.settle(&tx, json!({ "seat": id.to_string() })).await? {
        tx.commit().await?;
    }
    Ok(())
}
