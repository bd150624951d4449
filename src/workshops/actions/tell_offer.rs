//! Writing to whoever a seat is kept for, with the page where they take it.

use crate::app::App;
use crate::kernel::{Result, SeatId, WaitlistEntryId};

use super::super::letters::{self, Audience};
use super::super::model::{EntryState, WhyNot};
use super::super::store;
use super::locked;

/// A seat is kept for somebody: payload `entry`, `seat`, and `why` it was not bought by itself.
pub const TELL_OFFER: &str = "workshops.tell_offer";

/// Tells of an offer that still stands, and how many seats it is by now. Harmless when run again: the letter has a key.
pub async fn tell_offer(app: &App, id: WaitlistEntryId, seat: SeatId, why: Option<WhyNot>) -> Result<()> {
    let Some(known) = store::entry(app.db.read(), id).await? else { return Ok(()) };
    let Some(session) = store::session(app.db.read(), known.session).await? else { return Ok(()) };
    let audience = Audience::of(app, &session, &[]).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    let stands = |state, theirs| state == EntryState::Offered && theirs == Some(seat);
    let entry = store::entry(tx.conn(), id).await?.filter(|entry| stands(entry.state, entry.seat));
    let kept = store::seat(tx.conn(), seat).await?;
    let until = kept.and_then(|seat| seat.held_until);
    let Some((entry, until)) = entry.zip(until) else { return Ok(()) };
    let kept = store::offered_to(tx.conn(), &entry).await?.len();
    letters::offered(&mut tx, &audience, &session, &entry, (kept, until, why)).await?;
    tx.commit().await
}
