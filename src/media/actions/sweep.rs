//! Cleaning up after uploads: what came too late, what was refused, what nobody needs. Every step may run twice.

use chrono::Duration;
use serde_json::json;

use crate::app::App;
use crate::events::Event;
use crate::kernel::{AssetId, Result, UploadId};
use crate::media::{jobs, store};
use crate::queue::Job;

use super::store_failed;

/// How many uploads one round of the sweep looks at.
const AT_ONCE: u64 = 100;
/// How many forgotten objects one round looks at.
const OBJECTS_AT_ONCE: usize = 1000;
/// Grants are kept this long after their end, to answer questions.
const KEEP_GRANTS: Duration = Duration::days(30);

/// Declares uploads EXPIRED whose time is over, empties quarantine of bytes that no open upload waits for, and
/// forgets old grants.
pub async fn expire_overdue(app: &App) -> Result<()> {
    for upload in store::overdue(&app.db, app.now(), AT_ONCE).await? {
        let mut tx = app.begin().await?;
        if store::set_expired(&tx, upload.asset).await? {
            tx.record(Event::new("asset.expired", upload.asset));
        }
        store::close_upload(&tx, upload.id, true).await?;
        tx.enqueue(Job::new(jobs::CLEAR_QUARANTINE, json!({ "upload": upload.id.to_string() })));
        tx.commit().await?;
    }
    forget_orphans(app).await?;
    store::prune_grants(&app.db, app.now() - KEEP_GRANTS).await
}

/// A link to quarantine lives on after its upload was settled: what it brought in later goes here.
async fn forget_orphans(app: &App) -> Result<()> {
    let listed = app.media.list("q/", OBJECTS_AT_ONCE).await;
    let keys: Vec<String> = listed
        .map_err(|error| store_failed("listing quarantine", error))?
        .into_iter()
        .map(|object| object.key)
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let open = store::still_open(&app.db, &keys, app.now()).await?;
    for key in keys.iter().filter(|key| !open.contains(key)) {
        delete(app, key).await?;
    }
    Ok(())
}

/// Empties one upload's place in quarantine.
pub async fn clear_quarantine(app: &App, id: UploadId) -> Result<()> {
    match store::upload_key(&app.db, id).await? {
        Some(key) => delete(app, &key).await,
        None => Ok(()),
    }
}

/// Removes a verified copy unless it became the asset's.
pub async fn settle_object(app: &App, id: AssetId, key: &str) -> Result<()> {
    let needed = store::object_key(&app.db, id).await?;
    if needed.as_deref() == Some(key) { Ok(()) } else { delete(app, key).await }
}

/// Removes the bytes of a deleted asset, and of everything that was made of it.
pub async fn remove_bytes(app: &App, id: AssetId) -> Result<()> {
    let Some(key) = store::deleted_key(&app.db, id).await? else { return Ok(()) };
    for made in store::renditions(app.db.read(), id).await? {
        delete(app, &made.object_key).await?;
    }
    store::forget_renditions(app.db.read(), id).await?;
    delete(app, &key).await
}

async fn delete(app: &App, key: &str) -> Result<()> {
    app.media.delete(key).await.map_err(|error| store_failed("removing an object", error))
}
