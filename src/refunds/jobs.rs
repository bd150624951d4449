//! Asking Stripe for refunds that somebody still waits for, and hearing what became of them.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, RefundId, Result, SeatId};
use crate::worker::Registry;
use crate::workshops;

use super::actions;
use super::model::Reason;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("refunds.send", send);
    registry.on("refunds.read", read);
    registry.on(workshops::actions::PAY_BACK, pay_back_seat);
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

/// `{"seat": "sea_…", "reason": "SESSION_CANCELLED"}`
async fn pay_back_seat(app: App, payload: Value) -> Result<()> {
    let seat = payload["seat"].as_str().and_then(|id| id.parse::<SeatId>().ok());
    let reason = payload["reason"].as_str().and_then(Reason::of);
    let (seat, reason) = seat.zip(reason).ok_or_else(|| unreadable(&payload))?;
    actions::pay_back_seat(&app, seat, reason).await
}

fn unreadable(payload: &Value) -> Error {
    Error::Fault(Fault::new("reading a job", payload))
}
