//! Once a day, Stripe's list is held against the book; what differs is looked at again before a person is called.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, Instant, Result};
use crate::worker::Registry;

use super::actions;
use super::model::Source;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.every(86_400, "reconciliation.compare", |app| async move {
        let round = actions::reconcile_patiently(&app).await?;
        tracing::info!(?round, "Stripe's movements were compared with the book");
        Ok(())
    });
    registry.on("reconciliation.look_again", look_again);
}

async fn look_again(app: App, payload: Value) -> Result<()> {
    let unreadable = |cause| Error::Fault(Fault::new("reading a job", cause));
    let sources: Vec<Source> = serde_json::from_value(payload["sources"].clone()).map_err(unreadable)?;
    // Jobs of the release before do not say it.
    let until: Option<Instant> = serde_json::from_value(payload["until"].clone()).map_err(unreadable)?;
    let differences =
        actions::look_again(&app, &sources, until.unwrap_or(app.now() - actions::GRACE)).await?;
    tracing::info!(differences, looked_at = sources.len(), "what differed was compared again");
    Ok(())
}
