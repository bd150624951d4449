//! The only place that reads the wall clock. In the sandbox the clock can be moved forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Duration, SubsecRound, Utc};

use super::Instant;

/// The time of this process: the machine's, plus what the sandbox has added.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// Now, UTC, to the microsecond.
    #[expect(clippy::disallowed_methods, reason = "the one place that may")]
    pub fn now(&self) -> Instant {
        (Utc::now() + self.ahead()).trunc_subsecs(6)
    }

    /// How far this clock runs ahead of the machine's.
    pub fn ahead(&self) -> Duration {
        Duration::microseconds(self.ahead_micros.load(Ordering::SeqCst))
    }

    /// Moves time forward for the whole process. Time never goes back: a negative duration does nothing.
    pub fn advance(&self, by: Duration) {
        let micros = by.num_microseconds().unwrap_or(0).max(0);
        self.ahead_micros.fetch_add(micros, Ordering::SeqCst);
    }
}
