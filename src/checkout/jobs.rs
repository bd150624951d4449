//! Asking Stripe for payment pages that somebody is still waiting for.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{CheckoutId, Error, Fault, Result};
use crate::worker::Registry;

use super::actions;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("checkout.open_page", open_page);
}

async fn open_page(app: App, payload: Value) -> Result<()> {
    let id = payload["checkout"].as_str().and_then(|id| id.parse::<CheckoutId>().ok());
    let id = id.ok_or_else(|| Error::Fault(Fault::new("reading a job", &payload)))?;
    actions::open_page_later(&app, id).await
}
