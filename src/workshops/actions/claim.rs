//! Seats that wait for an address become its owner's when the address is proven.

use crate::app::App;
use crate::events::Event;
use crate::identity;
use crate::kernel::Result;

use super::super::model::{Seat, SeatState};
use super::super::store;
use super::invite::tell_holder;
use super::locked;

/// Gives the seats that wait for this address (lower-cased) to the account that has proven it, if there is one. A second
/// seat at one session stays with the address.
pub async fn claim_seats(app: &App, email: &str) -> Result<()> {
    let found = identity::store::by_email(app.db.read(), email).await?.map(|found| found.account);
    let Some(owner) = found.filter(|account| account.email_verified_at.is_some()) else { return Ok(()) };
    for known in store::unclaimed(app.db.read(), email).await? {
        let mut tx = app.begin().await?;
        let session = locked(&tx, known.session).await?;
        let seat = store::seat(tx.conn(), known.id).await?.filter(|seat| seat.user.is_none());
        let Some(seat) = seat.filter(|seat| seat.state.takes_a_place()) else { continue };
        if store::live_of_user(tx.conn(), owner.id, session.id).await?.is_some() {
            continue;
        }
        store::claim(&tx, seat.id, owner.id).await?;
        if seat.state == SeatState::Seated {
            tell_holder(&mut tx, &Seat { user: Some(owner.id), ..seat.clone() });
        }
        let event = Event::new("seat.claimed", seat.id).of_creator(session.creator).of_user(owner.id);
        tx.record(event.with("session", session.id));
        tx.commit().await?;
    }
    Ok(())
}
