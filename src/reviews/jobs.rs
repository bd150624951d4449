//! Asking for reviews, from time to time.

use crate::worker::Registry;

use super::actions;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.every(900, "reviews.invite", |app| async move { actions::invite(&app).await });
}
