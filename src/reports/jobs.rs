//! Making files, and ending those whose time is over. A job carries ids, and may run twice.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, ReportExportId, Result};
use crate::worker::Registry;

use super::actions;

/// Writes an export's file.
pub const MAKE: &str = "reports.make";
/// How often exports whose time is over are looked for, in seconds.
const SWEEP_EVERY: i64 = 3600;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on(MAKE, make);
    registry.every(SWEEP_EVERY, "reports.sweep", |app: App| async move { actions::sweep(&app).await });
}

/// `{"export": "exp_…"}`
async fn make(app: App, payload: Value) -> Result<()> {
    let id = payload["export"].as_str().and_then(|id| id.parse::<ReportExportId>().ok());
    let id = id.ok_or_else(|| Error::Fault(Fault::new("reading a job", &payload)))?;
    actions::make(&app, id).await
}
