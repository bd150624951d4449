//! A seat that is bought by itself when somebody who waits gets one: when its moment is, and what becomes of the seat when
//! it comes to nothing. The purchase itself is `checkout`'s and `payments`'.

use serde_json::json;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Denied, Result, Viewer, WaitlistEntryId};
use crate::queue::Job;

use super::super::letters;
use super::super::model::{Buying, Entry, EntryState, OFFER_LIFE, Seat, SeatState, Session, WhyNot};
use super::super::store;
use super::locked;
use super::pass_on::{offer, when_lapsed};

/// A seat was offered to somebody who wants it bought by itself: payload `entry`. `payments` does it.
pub const BUY: &str = "payments.buy_offered";

/// Takes back that a seat is bought by itself; the place in the line stays. Once it is being bought, nothing changes.
pub async fn take_back_buying(app: &App, viewer: &Viewer, id: WaitlistEntryId) -> Result<()> {
    let theirs = store::entry(app.db.read(), id).await?.filter(|entry| entry.user == viewer.user_id);
    let known = theirs.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    if !store::take_back(&tx, id).await? {
        return Ok(());
    }
    let entry = store::entry(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    if entry.state == EntryState::Offered {
        // Nobody has told them: it was about to be bought.
        keep_offered(&mut tx, &session, &entry, None).await?;
    }
    tx.record(
        Event::new("waitlist.buying_taken_back", id).of_creator(session.creator).of_user(viewer.user_id),
    );
    tx.commit().await
}

/// The wish, if its moment is now: a seat is offered, and nothing was bought. The session is locked from here on.
pub async fn buying_due(tx: &Tx, id: WaitlistEntryId) -> Result<Option<(Entry, Buying)>> {
    let Some(known) = store::entry(tx.conn(), id).await? else { return Ok(None) };
    let session = locked(tx, known.session).await?;
    let entry = store::entry(tx.conn(), id).await?.filter(|entry| entry.state == EntryState::Offered);
    let buying = store::buying(tx.conn(), id).await?.filter(Buying::is_due);
    Ok(entry.zip(buying).filter(|_| session.open_for_seats(tx.now()).is_ok()))
}

/// It cannot be bought by itself: the seat is kept as for everybody else, and a letter says why.
pub async fn offer_instead(app: &App, id: WaitlistEntryId, why: WhyNot) -> Result<()> {
    let mut tx = app.begin().await?;
    let Some((entry, _)) = buying_due(&tx, id).await? else { return Ok(()) };
    let session = locked(&tx, entry.session).await?;
    store::end_buying(&tx, id, why).await?;
    keep_offered(&mut tx, &session, &entry, Some(why)).await?;
    tx.commit().await
}

/// The offer counts from now on.
async fn keep_offered(tx: &mut Tx, session: &Session, entry: &Entry, why: Option<WhyNot>) -> Result<()> {
    let Some(seat) = entry.seat else { return Ok(()) };
    let until = (tx.now() + OFFER_LIFE).min(session.starts_at);
    store::set_state(tx, seat, SeatState::Offered, Some(until), None).await?;
    when_lapsed(tx, seat, until);
    letters::offered(tx, session, entry, until, why).await
}

/// The attempt to buy this seat is over, unpaid: another is kept for the same person, as for everybody else. The seat was
/// just given up under the session's lock, so that nobody is before them.
pub(super) async fn offer_again(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<()> {
    let Some((entry, buying)) = store::buyer_of(tx.conn(), seat.id).await? else { return Ok(()) };
    let why = buying.why_not.unwrap_or(WhyNot::NotPossible);
    store::end_buying(tx, entry.id, why).await?;
    if session.open_for_seats(tx.now()).is_err() || !store::take_place(tx, session.id).await? {
        return Ok(());
    }
    offer(tx, session, &entry, Some(why)).await
}

/// Whoever's seat this is has not to do anything: it was bought as they had agreed to.
pub(super) async fn tell_bought(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<()> {
    match store::buyer_of(tx.conn(), seat.id).await? {
        Some((entry, buying)) => letters::bought(tx, session, &entry, &buying).await,
        None => Ok(()),
    }
}

/// Asks for the purchase.
pub(super) fn buy(tx: &mut Tx, entry: WaitlistEntryId) {
    let job = Job::new(BUY, json!({ "entry": entry.to_string() }));
    tx.enqueue(job.once(format!("buy:{entry}")));
}
