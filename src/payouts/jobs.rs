//! Reading creators' accounts: when an event says so, and once a day in any case.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, Result};
use crate::worker::Registry;

use super::actions;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("payouts.read_account", read_account);
    registry.every(3600, "payouts.reread", |app| async move { actions::reread(&app).await });
}

async fn read_account(app: App, payload: Value) -> Result<()> {
    let account = payload["account"].as_str();
    let account = account.ok_or_else(|| Error::Fault(Fault::new("reading a job", &payload)))?;
    actions::read_account(&app, account).await
}
