//! Seats that wait for an address become its owner's when the address is proven.
//!
//! A companion's seat is nobody's while it is only held: what a stranger has not paid for keeps nobody from anything.

use serde_json::json;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::identity;
use crate::kernel::Result;
use crate::queue::Job;

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
        let Some(seat) = seat.filter(may_be_claimed) else { continue };
        if store::live_of_user(tx.conn(), owner.id, session.id).await?.is_some() {
            continue;
        }
        store::claim(&tx, seat.id, owner.id).await?;
        // A companion was told, at this very address.
        let is_told = seat.for_companion && !seat.passed_on;
        if seat.state == SeatState::Seated && !is_told {
            tell_holder(&mut tx, &Seat { user: Some(owner.id), ..seat.clone() });
        }
        let event = Event::new("seat.claimed", seat.id).of_creator(session.creator).of_user(owner.id);
        tx.record(event.with("session", session.id));
        tx.commit().await?;
    }
    Ok(())
}

fn may_be_claimed(seat: &Seat) -> bool {
    match seat.for_companion {
        true => seat.state == SeatState::Seated,
        false => seat.state.takes_a_place(),
    }
}

/// Whoever had this seat has it no longer: another that waits for their address is theirs now.
pub(super) async fn next_is_theirs(tx: &mut Tx, gone: &Seat) -> Result<()> {
    let Some(user) = gone.user.filter(|_| gone.state.takes_a_place()) else { return Ok(()) };
    if store::has_unclaimed(tx.conn(), gone.session).await?
        && let Some(known) = identity::store::credentials(tx.conn(), user).await?
    {
        tx.enqueue(Job::new("workshops.claim", json!({ "email": known.account.email.to_lowercase() })));
    }
    Ok(())
}
