//! Once a day, Stripe's list is held against the book.

use crate::worker::Registry;

use super::actions;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.every(86_400, "reconciliation.compare", |app| async move {
        let round = actions::reconcile(&app).await?;
        tracing::info!(?round, "Stripe's movements were compared with the book");
        Ok(())
    });
}
