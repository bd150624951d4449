//! Moving a session to another time. Everybody with a seat hears of it, and may give it back for their money until it
//! begins.

use crate::app::App;
use crate::creators::{self, Permission};
use crate::events::Event;
use crate::kernel::text::{self, Checks};
use crate::kernel::{Denied, Refusal, Result, Viewer, WorkshopSessionId};

use super::super::model::starting;
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::{locked, tell};

/// Moves a session, which lasts as long as before. The same time again changes nothing.
pub async fn reschedule(
    app: &App,
    viewer: &Viewer,
    id: WorkshopSessionId,
    (local_start, time_zone): (&str, &str),
    note: Option<&str>,
) -> Result<()> {
    let known = store::session(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    creators::desk(app, viewer, known.creator, Permission::Catalog).await?;
    let minutes = i32::try_from((known.ends_at - known.starts_at).num_minutes()).unwrap_or(i32::MAX);
    let mut checks = Checks::default();
    let note = note.map(|note| text::prose("The note", note.trim(), 500)).transpose();
    let note = checks.take(&["note"], note).flatten().filter(|note| !note.is_empty());
    let when = starting(local_start, time_zone, minutes, app.now()).map_err(|(no, field)| no.at([field]));
    let when = match when {
        Ok(when) => Some(when),
        Err(problem) => {
            checks.add(problem);
            None
        }
    };
    checks.done()?;
    let Some(when) = when else { return Err(No::LocalTime.at(["localStart"]).into()) };

    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    session.open_for_seats(tx.now()).map_err(|no| no.at(["id"]))?;
    if (&session.local_start, &session.time_zone) == (&when.local_start, &when.time_zone) {
        return Ok(());
    }
    store::reschedule(&tx, &session, &when, note.as_deref()).await?;
    store::set_refund_until(&tx, id, when.starts_at).await?;
    tx.enqueue(tell::job(id, session.sequence + 1));
    tx.record(Event::new("session.rescheduled", id).of_creator(session.creator));
    tx.commit().await
}
