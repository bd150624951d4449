//! Hearing of disputes, answering in time, and looking again at what is not decided.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{DisputeId, Error, Fault, Result};
use crate::worker::Registry;

use super::actions;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("disputes.read", read);
    registry.on("disputes.read_warning", read_warning);
    registry.on("disputes.answer", answer);
    registry.every(3600, "disputes.sweep", |app| async move { actions::sweep(&app).await });
}

async fn read(app: App, payload: Value) -> Result<()> {
    let stripe_id = payload["object"].as_str().ok_or_else(|| unreadable(&payload))?;
    actions::read(&app, stripe_id).await
}

async fn read_warning(app: App, payload: Value) -> Result<()> {
    let stripe_id = payload["object"].as_str().ok_or_else(|| unreadable(&payload))?;
    actions::read_warning(&app, stripe_id).await
}

async fn answer(app: App, payload: Value) -> Result<()> {
    let id = payload["dispute"].as_str().and_then(|id| id.parse::<DisputeId>().ok());
    actions::answer(&app, id.ok_or_else(|| unreadable(&payload))?).await
}

fn unreadable(payload: &Value) -> Error {
    Error::Fault(Fault::new("reading a job", payload))
}
