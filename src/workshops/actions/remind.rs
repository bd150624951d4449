//! Reminding everybody of a session that begins soon: once for each time it is set to.

use chrono::Duration;

use crate::app::App;
use crate::kernel::{Result, SeatId};

use super::super::letters::{self, Audience};
use super::super::model::{SeatState, Session};
use super::super::store;
use super::locked;

/// How long before.
const BEFORE: Duration = Duration::hours(24);
const AT_ONCE: u64 = 100;

/// Writes the reminders that are due. Who takes a seat later than that has just read when it is.
pub async fn remind(app: &App) -> Result<()> {
    for session in store::unreminded(app.db.read(), app.now(), app.now() + BEFORE).await? {
        remind_of(app, &session).await?;
    }
    Ok(())
}

async fn remind_of(app: &App, session: &Session) -> Result<()> {
    let mut after: Option<SeatId> = None;
    loop {
        let seats =
            store::of_session(app.db.read(), session.id, &[SeatState::Seated], after, AT_ONCE).await?;
        let audience = Audience::of(app, session, &seats).await?;
        let mut tx = app.begin().await?;
        let now = locked(&tx, session.id).await?;
        if now.sequence != session.sequence {
            return Ok(());
        }
        // As they are under the lock: who gave the seat back meanwhile hears nothing.
        let there = store::still_there(tx.conn(), &now, &seats).await?;
        for seat in there.iter().filter(|seat| seat.state == SeatState::Seated) {
            letters::reminder(&mut tx, &audience, session, seat).await?;
        }
        after = seats.last().map(|seat| seat.id);
        if after.is_none() {
            store::set_reminded(&tx, session).await?;
        }
        tx.commit().await?;
        if after.is_none() {
            return Ok(());
        }
    }
}
