//! Forgetting what is worthless.

use chrono::Duration;

use crate::app::App;
use crate::kernel::Result;
use crate::worker::Registry;
use crate::{queue, throttle};

use super::store;

const DAY: i64 = 86_400;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.every(DAY, "identity.prune", prune);
}

async fn prune(app: App) -> Result<()> {
    let long_ago = app.now() - Duration::days(30);
    store::prune(&app.db, long_ago).await?;
    throttle::prune(&app).await?;
    queue::prune(&app.db, long_ago).await?;
    Ok(())
}
