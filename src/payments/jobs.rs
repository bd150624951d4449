//! Handling events, and finding what no event told.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{CheckoutId, Error, Fault, OrderId, Result};
use crate::worker::Registry;
use crate::workshops::actions::BUY;

use super::model::TaxReversal;
use super::{actions, store};

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("payments.handle_event", handle_event);
    registry.on("tax.record", record_tax);
    registry.on("tax.reverse", reverse_tax);
    registry.on("payments.catch_up_account", catch_up_account);
    // Named when it ended sheets alone; jobs of that name may be waiting.
    registry.on("payments.close_sheet", close_overdue);
    registry.on("payments.claim_guest_orders", claim_guest_orders);
    registry.on(BUY, buy_offered);
    registry.every(300, "payments.catch_up", |app| async move { actions::catch_up(&app).await.map(drop) });
    registry.every(600, "payments.sweep", |app| async move { actions::sweep(&app).await });
}

async fn handle_event(app: App, payload: Value) -> Result<()> {
    let id = serde_json::from_value(payload["event"].clone())
        .map_err(|cause| Error::Fault(Fault::new("reading a job", cause)))?;
    let outcome = actions::handle(&app, id).await;
    if let Err(error) = &outcome {
        // For the operator who looks at events; the job's own retries go on.
        store::note_failure(&app.db, id, &error.to_string()).await?;
    }
    outcome
}

/// `{"account": "acct_…"}`
async fn catch_up_account(app: App, payload: Value) -> Result<()> {
    let account = payload["account"].as_str();
    let account = account.ok_or_else(|| Error::Fault(Fault::new("reading a job", &payload)))?;
    actions::catch_up_account(&app, account, None).await.map(drop)
}

async fn close_overdue(app: App, payload: Value) -> Result<()> {
    let id = payload["checkout"].as_str().and_then(|id| id.parse::<CheckoutId>().ok());
    let id = id.ok_or_else(|| Error::Fault(Fault::new("reading a job", &payload)))?;
    actions::close_overdue(&app, id).await
}

/// `{"entry": "wle_…"}`
async fn buy_offered(app: App, payload: Value) -> Result<()> {
    let id = payload["entry"].as_str().and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| Error::Fault(Fault::new("reading a job", &payload)))?;
    actions::buy_offered(&app, id).await
}

/// `{"email": "ben@example.com"}`, lower-cased.
async fn claim_guest_orders(app: App, payload: Value) -> Result<()> {
    let email = payload["email"].as_str();
    let email = email.ok_or_else(|| Error::Fault(Fault::new("reading a job", "it names no address")))?;
    actions::claim_guest_orders(&app, email).await
}

async fn record_tax(app: App, payload: Value) -> Result<()> {
    actions::tax::record(&app, order(&payload)?).await.map(drop)
}

/// The payload of a refund: its key, the order, what was given back and the tax within it.
async fn reverse_tax(app: App, payload: Value) -> Result<()> {
    let unreadable = || Error::Fault(Fault::new("reading a job", &payload));
    let reversal = TaxReversal {
        refund: payload["refund"].as_str().and_then(|id| id.parse().ok()).ok_or_else(unreadable)?,
        order: order(&payload)?,
        amount_minor: payload["amount"].as_i64().ok_or_else(unreadable)?,
        tax_minor: payload["tax"].as_i64().ok_or_else(unreadable)?,
        transaction: None,
    };
    actions::tax::reverse(&app, &reversal).await
}

fn order(payload: &Value) -> Result<OrderId> {
    let id = payload["order"].as_str().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::Fault(Fault::new("reading a job", payload)))
}
