//! Cleaning up after uploads: what came too late, what was refused, what nobody needs. Every step may run twice.

use std::collections::HashSet;

use chrono::Duration;
use media_store::{UNFINISHED_AT_ONCE, Unfinished};
use serde_json::json;

use crate::app::App;
use crate::kernel::{AssetId, Result, UploadId};
use crate::media::model::topic;
use crate::media::{jobs, store};
use crate::queue::Job;

use super::verify::event;
use super::{stock, store_failed};

/// How many uploads one round of the sweep looks at.
const AT_ONCE: u64 = 100;
/// An upload in parts that was begun at the store a moment ago may not be noted here yet.
const FRESH: Duration = Duration::hours(1);
/// A picture and its sizes are fewer.
const SIZES_AT_MOST: usize = 20;
/// Grants are kept this long after their end, to answer questions.
const KEEP_GRANTS: Duration = Duration::days(30);

/// Declares uploads EXPIRED whose time is over, empties quarantine of bytes that no open upload waits for, and
/// forgets old grants.
pub async fn expire_overdue(app: &App) -> Result<()> {
    for upload in store::overdue(&app.db, app.now(), AT_ONCE).await? {
        let mut tx = app.begin().await?;
        if store::set_expired(&tx, upload.asset).await? {
            if let Some(asset) = store::asset(tx.conn(), upload.asset).await? {
                tx.record(event("asset.expired", &asset));
            }
            tx.wake(topic(upload.asset));
        }
        store::close_upload(&tx, upload.id, true).await?;
        tx.enqueue(Job::new(jobs::CLEAR_QUARANTINE, json!({ "upload": upload.id.to_string() })));
        tx.commit().await?;
    }
    forget_orphans(app).await?;
    forget_parts(app).await?;
    store::prune_grants(&app.db, app.now() - KEEP_GRANTS).await
}

/// A link to quarantine lives on after its upload was settled: what it brought in later goes here.
async fn forget_orphans(app: &App) -> Result<()> {
    let mut after = String::new();
    loop {
        let page = app.media.list_after("q/", &after).await;
        let page = page.map_err(|error| store_failed("listing quarantine", error))?;
        let keys: Vec<String> = page.into_iter().map(|object| object.key).collect();
        let Some(last) = keys.last() else { return Ok(()) };
        after.clone_from(last);
        let needed = store::still_needed(&app.db, &keys, app.now()).await?;
        let needed: HashSet<&str> = needed.iter().map(|upload| upload.key.as_str()).collect();
        for key in keys.iter().filter(|key| !needed.contains(key.as_str())) {
            delete(app, key).await?;
        }
    }
}

/// Parts cost storage until they are put together or given up; those that no open upload waits for go.
async fn forget_parts(app: &App) -> Result<()> {
    let mut after: Option<Unfinished> = None;
    loop {
        let page = app.media.unfinished_after("q/", after.as_ref(), UNFINISHED_AT_ONCE).await;
        let page = page.map_err(|error| store_failed("listing uploads in parts", error))?;
        let Some(last) = page.last().cloned() else { return Ok(()) };
        // A store that does not page gives the same again.
        let is_again = after.as_ref().is_some_and(|before| before.upload_id == last.upload_id);
        give_up_forgotten(app, page).await?;
        if is_again {
            return Ok(());
        }
        after = Some(last);
    }
}

async fn give_up_forgotten(app: &App, page: Vec<Unfinished>) -> Result<()> {
    let before = app.now() - FRESH;
    let is_old = |found: &Unfinished| found.begun_at.is_none_or(|begun| begun < before);
    let old: Vec<Unfinished> = page.into_iter().filter(is_old).collect();
    if old.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = old.iter().map(|found| found.key.clone()).collect();
    let needed = store::still_needed(&app.db, &keys, app.now()).await?;
    let is_needed = |found: &Unfinished| {
        needed.iter().any(|upload| upload.store_upload_id.as_deref() == Some(found.upload_id.as_str()))
    };
    for found in old.iter().filter(|found| !is_needed(found)) {
        give_up(app, &found.key, &found.upload_id).await?;
    }
    Ok(())
}

async fn give_up(app: &App, key: &str, store_upload_id: &str) -> Result<()> {
    let given_up = app.media.give_up_parts(key, store_upload_id).await;
    given_up.map_err(|error| store_failed("giving up parts", error))
}

/// Empties one upload's place in quarantine.
pub async fn clear_quarantine(app: &App, id: UploadId) -> Result<()> {
    let Some(upload) = store::upload_by_id(&app.db, id).await? else { return Ok(()) };
    if let Some(store_upload_id) = &upload.store_upload_id {
        give_up(app, &upload.key, store_upload_id).await?;
    }
    delete(app, &upload.key).await
}

/// Removes a verified copy, and what was made of it, unless it became the asset's.
pub async fn settle_object(app: &App, id: AssetId, key: &str) -> Result<()> {
    let needed = store::object_key(&app.db, id).await?;
    if needed.as_deref() == Some(key) { Ok(()) } else { delete_with_sizes(app, key).await }
}

/// Removes the bytes of a deleted asset, and of everything that was made of it.
pub async fn remove_bytes(app: &App, id: AssetId) -> Result<()> {
    let Some(key) = store::deleted_key(&app.db, id).await? else { return Ok(()) };
    for made in store::renditions(app.db.read(), id).await? {
        delete(app, &made.object_key).await?;
    }
    store::forget_renditions(app.db.read(), id).await?;
    delete_with_sizes(app, &key).await
}

/// Removes an object and what lies beside it under longer names: a picture's smaller sizes, and nothing else that begins
/// with the same letters.
async fn delete_with_sizes(app: &App, key: &str) -> Result<()> {
    let listed = app.media.list(key, SIZES_AT_MOST).await;
    let listed = listed.map_err(|error| store_failed("listing sizes", error))?;
    for object in listed.iter().filter(|object| stock::whole_of(&object.key) == key) {
        delete(app, &object.key).await?;
    }
    Ok(())
}

async fn delete(app: &App, key: &str) -> Result<()> {
    app.media.delete(key).await.map_err(|error| store_failed("removing an object", error))
}
