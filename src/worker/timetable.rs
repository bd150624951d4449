//! What recurs: each slot of time has at most one job, named after the slot.

use serde_json::json;

use crate::app::App;
use crate::kernel::Result;
use crate::queue::{self, Job};

use super::Registry;

/// Makes sure that the current slot of every recurring kind has its job. An idle round costs no statement.
pub(super) async fn enqueue(app: &App, registry: &Registry) -> Result<()> {
    let now = app.now();
    for (kind, seconds) in registry.recurring() {
        let slot = now.timestamp() / seconds;
        if !registry.enters(kind, slot) {
            continue;
        }
        let job = Job::new(kind, json!({})).once(format!("{kind}@{slot}"));
        queue::enqueue_alone(&app.db, job, now, &app.entropy).await?;
    }
    Ok(())
}
