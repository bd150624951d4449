//! Once a day, Stripe's list is held against the book. Not while events of an outage are still coming in: what they
//! tell is not in the book yet, and people would be called for nothing.

use crate::kernel::Fault;
use crate::payments;
use crate::worker::Registry;

use super::actions;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.every(86_400, "reconciliation.compare", |app| async move {
        if !payments::actions::has_caught_up(&app).await? {
            return Err(Fault::away("comparing with Stripe", "events of an outage are still coming in").into());
        }
        let round = actions::reconcile(&app).await?;
        tracing::info!(?round, "Stripe's movements were compared with the book");
        Ok(())
    });
}
