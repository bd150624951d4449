//! Telling everybody with a seat that their session was moved or called off; called off, their money goes back.

use serde_json::json;

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{Denied, Result, SeatId, WorkshopSessionId};
use crate::queue::Job;

use super::super::letters::{self, Audience};
use super::super::model::{Seat, SeatState, Session};
use super::super::store;
use super::pass_on::vacate;
use super::{PAY_BACK, locked};

/// Seats handled in one change, so that a large session's does not hold everybody up.
const AT_ONCE: u64 = 100;

/// The job that tells; once for each change of the session.
pub(super) fn job(session: WorkshopSessionId, sequence: i32) -> Job {
    Job::new("workshops.tell", json!({ "session": session.to_string() }))
        .once(format!("tell:{session}:{sequence}"))
}

/// Tells everybody, page by page; harmless when run again, since letters and jobs have keys.
pub async fn tell(app: &App, id: WorkshopSessionId) -> Result<()> {
    let mut after: Option<SeatId> = None;
    while let Some(last) = tell_page(app, id, after).await? {
        after = Some(last);
    }
    Ok(())
}

/// Tells those behind a seat; gives the last of them if there may be more.
async fn tell_page(app: &App, id: WorkshopSessionId, after: Option<SeatId>) -> Result<Option<SeatId>> {
    let states = [SeatState::Offered, SeatState::Seated, SeatState::Unseated];
    let seats = store::of_session(app.db.read(), id, &states, after, AT_ONCE).await?;
    let Some(last) = seats.last().map(|seat| seat.id) else { return Ok(None) };
    let known = store::session(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let audience = Audience::of(app, &known, &seats).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    // As they are under the lock; who came in between knows how things stand, and who left is somewhere else.
    for seat in store::still_there(tx.conn(), &session, &seats).await? {
        tell_one(&mut tx, &audience, &session, &seat).await?;
    }
    tx.commit().await?;
    Ok(Some(last))
}

async fn tell_one(tx: &mut Tx, audience: &Audience, session: &Session, seat: &Seat) -> Result<()> {
    if session.cancelled_at.is_none() {
        return match seat.state {
            SeatState::Seated => letters::moved(tx, audience, session, seat).await,
            _ => Ok(()),
        };
    }
    if !matches!(seat.state, SeatState::Offered | SeatState::Seated | SeatState::Unseated) {
        return Ok(());
    }
    letters::cancelled(tx, audience, session, seat).await?;
    match seat.line {
        Some(_) => {
            let payload = json!({ "seat": seat.id.to_string(), "reason": "SESSION_CANCELLED" });
            tx.enqueue(Job::new(PAY_BACK, payload).once(format!("cancelled:{}:{}", seat.id, session.id)));
            Ok(())
        }
        None => vacate(tx, session, seat, SeatState::Released, None).await,
    }
}
