//! The time the sandbox lives in: the same movable clock as the process around it.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

/// A clock that tells the time and can be moved forward.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, UTC.
    fn now(&self) -> DateTime<Utc>;
    /// Moves the present forward; a negative duration is ignored.
    fn advance(&self, by: Duration);
}

/// How the sandbox holds its clock.
pub type SharedClock = Arc<dyn Clock>;
