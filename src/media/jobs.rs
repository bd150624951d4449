//! This room's background work: processing, cleaning up. A job carries ids and keys, and may run twice.

use std::time::Duration;

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, InvalidId, Result};
use crate::worker::Registry;

use super::actions;

/// Verifies what came in parts.
pub const VERIFY: &str = "media.verify";
/// Empties one upload's place in quarantine.
pub const CLEAR_QUARANTINE: &str = "media.clear_quarantine";
/// Removes a copy that did not become its asset's.
pub const SETTLE_OBJECT: &str = "media.settle_object";
/// Removes the bytes of a deleted asset.
pub const REMOVE_BYTES: &str = "media.remove_bytes";
/// Removes objects without a row from one page of the bucket.
pub const REMOVE_UNOWNED: &str = "media.remove_unowned";

/// Makes what players need of a film or recording.
pub const PROCESS: &str = "media.process";
/// Removes a rendition's object that was never written down.
pub const SETTLE_RENDITION: &str = "media.settle_rendition";

/// How long one try at a film may take: what is finished by then stays.
const PATIENCE: Duration = Duration::from_secs(12 * 3600);
/// How long one reading of a large file may take: the largest, from a slow store.
const READING: Duration = Duration::from_secs(2 * 3600);
/// How often the bucket is looked through for objects without a row, in seconds: every night.
const STOCK_EVERY: i64 = 86_400;
/// How often overdue uploads are looked for, in seconds.
const SWEEP_EVERY: i64 = 900;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on_long(VERIFY, READING, |app: App, payload: Value| async move {
        actions::verify_uploaded(&app, id(&payload, "upload")?).await
    });
    registry.on(CLEAR_QUARANTINE, |app: App, payload: Value| async move {
        actions::clear_quarantine(&app, id(&payload, "upload")?).await
    });
    registry.on(SETTLE_OBJECT, |app: App, payload: Value| async move {
        actions::settle_object(&app, id(&payload, "asset")?, text(&payload, "key")?).await
    });
    registry.on(REMOVE_BYTES, |app: App, payload: Value| async move {
        actions::remove_bytes(&app, id(&payload, "asset")?).await
    });
    registry.on_long(PROCESS, PATIENCE, |app: App, payload: Value| async move {
        actions::process(&app, id(&payload, "asset")?).await
    });
    registry.on(SETTLE_RENDITION, |app: App, payload: Value| async move {
        actions::settle_rendition(&app, text(&payload, "key")?).await
    });
    registry.on(REMOVE_UNOWNED, |app: App, payload: Value| async move {
        actions::remove_unowned(&app, text(&payload, "after")?).await
    });
    registry.every(
        STOCK_EVERY,
        "media.stock",
        |app: App| async move { actions::remove_unowned(&app, "").await },
    );
    registry.every(SWEEP_EVERY, "media.sweep", |app: App| async move { actions::expire_overdue(&app).await });
}

fn text<'p>(payload: &'p Value, name: &str) -> Result<&'p str> {
    let found = payload.get(name).and_then(Value::as_str);
    found.ok_or_else(|| Error::Fault(Fault::new("reading a job", format!("it has no {name}"))))
}

fn id<T: std::str::FromStr<Err = InvalidId>>(payload: &Value, name: &str) -> Result<T> {
    text(payload, name)?.parse().map_err(|wrong: InvalidId| Error::Fault(Fault::new("reading a job", wrong)))
}
