//! Thanking who was there, once for each session and seat: a while after it ended, so that hosts can note who was not there
//! and set the recording first.
//!
//! Whoever has the seat then and was not noted as missing is thanked: where nobody notes anybody, as in many rooms, that
//! is everybody. When it ends is asked each time, so a session with another time is thanked for after that one; one that
//! was called off never is. Not here: asking what they think of it (`reviews`).

use chrono::Duration;

use crate::app::App;
use crate::kernel::{Result, SeatId};

use super::super::letters::{self, Audience};
use super::super::model::{SeatState, Session, after_it};
use super::super::store;
use super::locked;
use super::replay::its_workshop;

/// How long after the end.
const AFTER: Duration = Duration::hours(2);
/// Thanks that come later than this mean nothing any more.
const TOO_LATE: Duration = Duration::days(3);
const AT_ONCE: u64 = 100;

/// Writes the thanks that are due.
pub async fn thank(app: &App) -> Result<()> {
    let now = app.now();
    let mut first_failure = Ok(());
    for session in store::unthanked(app.db.read(), now - TOO_LATE, now - AFTER).await? {
        // One that fails does not keep the others waiting.
        first_failure = first_failure.and(thank_for(app, &session).await);
    }
    first_failure
}

/// Page by page; harmless when run again, since letters have keys.
async fn thank_for(app: &App, session: &Session) -> Result<()> {
    let mut after: Option<SeatId> = None;
    while let Some(last) = thank_page(app, session, after).await? {
        after = Some(last);
    }
    Ok(())
}

/// Thanks those behind a seat; gives the last of them if there may be more, and notes it when there are none.
async fn thank_page(app: &App, session: &Session, after: Option<SeatId>) -> Result<Option<SeatId>> {
    let seats = store::of_session(app.db.read(), session.id, &[SeatState::Seated], after, AT_ONCE).await?;
    let audience = Audience::of(app, session, &seats).await?;
    let workshop = its_workshop(app, session.workshop).await?;
    let mut tx = app.begin().await?;
    let now = locked(&tx, session.id).await?;
    if now.cancelled_at.is_some() || (now.sequence, now.closed_at) != (session.sequence, session.closed_at) {
        return Ok(None);
    }
    let replay = store::replay(tx.conn(), session.id).await?;
    // As they are under the lock: whose seat was taken back meanwhile hears nothing.
    for seat in store::still_there(tx.conn(), &now, &seats).await? {
        let is_meant = seat.state == SeatState::Seated && seat.attended != Some(false);
        if let Some(workshop) = workshop.as_ref().filter(|_| is_meant) {
            let recording = after_it(replay.as_ref(), workshop.replay_policy, &seat, tx.now());
            letters::thanks(&mut tx, &audience, &now, &seat, recording).await?;
        }
    }
    let last = seats.last().map(|seat| seat.id);
    if last.is_none() {
        store::set_thanked(&tx, session.id).await?;
    }
    tx.commit().await?;
    Ok(last)
}
