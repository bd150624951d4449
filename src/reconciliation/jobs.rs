//! Once a day, Stripe's list is held against the book. Not while events of an outage are still coming in: what they
//! tell is not in the book yet, and people would be called for nothing.

use chrono::Duration;
use serde_json::json;

use crate::app::App;
use crate::kernel::Result;
use crate::payments;
use crate::queue::Job;
use crate::worker::Registry;

use super::actions;

const KIND: &str = "reconciliation.compare";
/// How long a comparison is put off.
const LATER: Duration = Duration::minutes(35);

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.every(86_400, KIND, |app| async move { compare(&app).await });
}

async fn compare(app: &App) -> Result<()> {
    if !payments::actions::has_caught_up(app).await? {
        tracing::info!("comparing with Stripe is put off: events of an outage are still coming in");
        let mut tx = app.begin().await?;
        let at = tx.now() + LATER;
        tx.enqueue(Job::new(KIND, json!({})).not_before(at));
        return tx.commit().await;
    }
    let round = actions::reconcile(app).await?;
    tracing::info!(?round, "Stripe's movements were compared with the book");
    Ok(())
}
