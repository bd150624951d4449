//! Telling those who may watch a session's recording that it is there: each of them once, whenever they may.

use serde_json::json;

use crate::app::App;
use crate::catalog::model::ReplayPolicy;
use crate::db::Tx;
use crate::kernel::{Result, SeatId, WorkshopSessionId};
use crate::queue::Job;

use super::super::letters::{self, Audience};
use super::super::model::{SeatState, opens_replay};
use super::super::store;
use super::locked;
use super::replay::its_workshop;

/// Seats handled in one change.
const AT_ONCE: u64 = 100;

/// The job that tells: payload `session`.
pub const TELL_REPLAY: &str = "workshops.tell_replay";

pub(super) fn job(session: WorkshopSessionId) -> Job {
    Job::new(TELL_REPLAY, json!({ "session": session.to_string() }))
}

/// More people may watch than before: they are told, if there is something to watch.
pub(super) async fn again(tx: &mut Tx, session: WorkshopSessionId) -> Result<()> {
    if store::forget_told(tx, session).await? {
        tx.enqueue(job(session));
    }
    Ok(())
}

/// Tells of every recording whose workshop has another policy than when it was told of.
pub async fn tell_replays(app: &App) -> Result<()> {
    let mut first_failure = Ok(());
    for session in store::untold_replays(app).await? {
        // One that fails does not keep the others waiting.
        first_failure = first_failure.and(tell_replay(app, session).await);
    }
    first_failure
}

/// Tells everybody who may watch now, page by page; harmless when run again, since letters have keys.
pub async fn tell_replay(app: &App, id: WorkshopSessionId) -> Result<()> {
    let Some(known) = store::session(app.db.read(), id).await? else { return Ok(()) };
    let Some(workshop) = its_workshop(app, known.workshop).await? else { return Ok(()) };
    let (policy, page) = (workshop.replay_policy, app.link(&workshop.path()));
    let mut after: Option<SeatId> = None;
    while let Some(last) = tell_page(app, id, policy, &page, after).await? {
        after = Some(last);
    }
    Ok(())
}

/// Tells those behind a seat; gives the last of them if there may be more, and notes it when there are none.
async fn tell_page(
    app: &App,
    id: WorkshopSessionId,
    policy: ReplayPolicy,
    page: &str,
    after: Option<SeatId>,
) -> Result<Option<SeatId>> {
    let seats = store::of_session(app.db.read(), id, &[SeatState::Seated], after, AT_ONCE).await?;
    let Some(known) = store::session(app.db.read(), id).await? else { return Ok(None) };
    let audience = Audience::of(app, &known, &seats).await?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    let Some(replay) = store::replay(tx.conn(), id).await? else { return Ok(None) };
    // As they are under the lock: who gave the seat back meanwhile hears nothing.
    for seat in store::still_there(tx.conn(), &session, &seats).await? {
        if let Ok(until) = opens_replay(&replay, policy, &seat, tx.now()) {
            letters::recording(&mut tx, &audience, &session, &seat, (page, until)).await?;
        }
    }
    let last = seats.last().map(|seat| seat.id);
    if last.is_none() {
        store::set_told(&tx, id, policy).await?;
    }
    tx.commit().await?;
    Ok(last)
}
