//! Writing all documents anew: asked for by a migration, when documents are new or made differently. May run twice. And mending,
//! every hour, what an older version of the program wrote while instances were replaced.

use std::time::Duration;

use serde_json::Value;

use crate::app::App;
use crate::worker::Registry;

use super::actions;

/// Writes all documents anew.
pub const REBUILD: &str = "search.rebuild";
/// Mends what lags.
pub const MEND: &str = "search.mend";
/// Seconds between two looks for it.
const EVERY: i64 = 3600;
/// Longer than any installation takes.
const PATIENCE: Duration = Duration::from_secs(3600);

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.every(EVERY, MEND, |app| async move { actions::mend(&app).await });
    registry.on_long(REBUILD, PATIENCE, |app: App, _: Value| async move { actions::rebuild(&app).await });
}
