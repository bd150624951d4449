//! What recurs: each slot of time has at most one job, named after the slot.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::app::App;
use crate::kernel::Result;
use crate::queue::{self, Job};

use super::Registry;

/// The slot each recurring kind was last asked for, by whoever works in this process. Kept once (`App::kept`); what is asked
/// for twice exists once all the same.
#[derive(Default)]
struct Slots(Mutex<BTreeMap<&'static str, i64>>);

impl Slots {
    fn is_in(&self, kind: &'static str, slot: i64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(kind) == Some(&slot)
    }

    fn enter(&self, kind: &'static str, slot: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(kind, slot);
    }
}

/// Makes sure that the current slot of every recurring kind has its job. An idle round costs no statement.
pub(super) async fn enqueue(app: &App, registry: &Registry) -> Result<()> {
    let (now, slots) = (app.now(), app.kept::<Slots>());
    for (kind, seconds) in registry.recurring() {
        let slot = now.timestamp() / seconds;
        if slots.is_in(kind, slot) {
            continue;
        }
        let job = Job::new(kind, json!({})).once(format!("{kind}@{slot}"));
        queue::enqueue_alone(&app.db, job, now, &app.entropy).await?;
        // Only now: what could not be asked for is asked for again.
        slots.enter(kind, slot);
    }
    Ok(())
}
