//! This room's background work.

use crate::worker::Registry;

/// This room's jobs.
pub fn register(_registry: &mut Registry) {}
