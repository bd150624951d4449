//! Asking Stripe for refunds that somebody still waits for, and hearing what became of them.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, RefundId, Result};
use crate::worker::Registry;

use super::actions;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("refunds.send", send);
    registry.on("refunds.read", read);
    registry.every(600, "refunds.sweep", |app| async move { actions::sweep(&app).await });
}

async fn send(app: App, payload: Value) -> Result<()> {
    let id = payload["refund"].as_str().and_then(|id| id.parse::<RefundId>().ok());
    actions::send(&app, id.ok_or_else(|| unreadable(&payload))?).await
}

async fn read(app: App, payload: Value) -> Result<()> {
    let stripe_id = payload["object"].as_str().ok_or_else(|| unreadable(&payload))?;
    actions::read(&app, stripe_id).await
}

fn unreadable(payload: &Value) -> Error {
    Error::Fault(Fault::new("reading a job", payload))
}
