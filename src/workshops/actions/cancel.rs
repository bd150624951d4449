//! Calling a session off. Everybody hears of it and has their money back, once; a job does that, seat by seat.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::creators::{self, Permission};
use crate::events::Event;
use crate::idempotency::Call;
use crate::kernel::text::{self, Checks};
use crate::kernel::{Denied, Refusal, Result, Viewer, WorkshopSessionId};

use super::super::model::SessionStatus;
use super::super::refusals::WorkshopRefusal as No;
use super::super::store;
use super::{locked, rooms, tell};

/// Calls a session off. The same key does it once.
pub async fn cancel(
    app: &App,
    viewer: &Viewer,
    id: WorkshopSessionId,
    reason: &str,
    key: Uuid,
) -> Result<()> {
    let known = store::session(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let desk = creators::desk(app, viewer, known.creator, Permission::Catalog).await?;
    let call = Call::new(desk.user_id, "workshopSessionCancel", key, &[&id.to_string(), reason]);
    if call.earlier(app.db.read()).await?.is_some() {
        return Ok(());
    }
    let mut checks = Checks::default();
    let reason = checks.take(&["reason"], text::prose("The reason", reason.trim(), 500));
    if reason.as_deref() == Some("") {
        checks.add(No::ReasonMissing.at(["reason"]));
    }
    checks.done()?;
    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    if !call.settle(&tx, json!({ "session": id.to_string() })).await? {
        return Ok(());
    }
    match session.status_at(tx.now()) {
        SessionStatus::Cancelled => return Err(No::Cancelled.at(["id"]).into()),
        SessionStatus::Ended => return Err(No::Over.at(["id"]).into()),
        SessionStatus::Scheduled | SessionStatus::Live => {}
    }
    store::cancel(&tx, &session, &reason.unwrap_or_default()).await?;
    store::close(&tx, id).await?;
    store::clear_replay(&tx, id).await?;
    rooms::shut(&mut tx, &session).await?;
    tx.enqueue(tell::job(id, session.sequence + 1));
    tx.record(Event::new("session.cancelled", id).of_creator(session.creator));
    tx.commit().await
}
