//! Telling everybody with a seat that their session was moved or called off; called off, their money goes back.

use serde_json::json;

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{Result, SeatId, WorkshopSessionId};
use crate::queue::Job;

use super::super::letters;
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
    loop {
        let mut tx = app.begin().await?;
        let session = locked(&tx, id).await?;
        let states = [SeatState::Offered, SeatState::Seated, SeatState::Unseated];
        let seats = store::of_session(tx.conn(), id, &states, after, AT_ONCE).await?;
        for seat in &seats {
            tell_one(&mut tx, &session, seat).await?;
        }
        tx.commit().await?;
        match seats.last() {
            Some(last) if seats.len() >= usize::try_from(AT_ONCE).unwrap_or(usize::MAX) => {
                after = Some(last.id);
            }
            _ => return Ok(()),
        }
    }
}

async fn tell_one(tx: &mut Tx, session: &Session, seat: &Seat) -> Result<()> {
    if session.cancelled_at.is_none() {
        return match seat.state {
            SeatState::Seated => letters::moved(tx, session, seat).await,
            _ => Ok(()),
        };
    }
    letters::cancelled(tx, session, seat).await?;
    match seat.line {
        Some(_) => {
            let payload = json!({ "seat": seat.id.to_string(), "reason": "SESSION_CANCELLED" });
            tx.enqueue(Job::new(PAY_BACK, payload).once(format!("cancelled:{}", seat.id)));
            Ok(())
        }
        None => vacate(tx, session, seat, SeatState::Released, None).await,
    }
}
