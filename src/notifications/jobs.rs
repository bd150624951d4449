//! Sending letters in the background.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, Result};
use crate::worker::Registry;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("mail.send", send);
}

async fn send(app: App, payload: Value) -> Result<()> {
    let id = serde_json::from_value(payload["letter"].clone())
        .map_err(|cause| Error::Fault(Fault::new("reading a mail job", cause)))?;
    super::actions::send(&app, id).await
}
