//! Giving up an upload, deleting a file.

use chrono::Duration;
use serde_json::json;

use crate::app::App;
use crate::events::Event;
use crate::kernel::{AssetId, Denied, Refusal, Result, UploadId, Viewer};
use crate::media::jobs;
use crate::media::model::{State, topic};
use crate::media::refusals::MediaRefusal;
use crate::media::store::{self, uses};
use crate::queue::Job;

use super::proofs::changeable;
use super::verify::event;

/// How long the bytes of a deleted asset stay: links given out before are still alive, and people change their minds.
const GRACE: Duration = Duration::days(7);

/// Gives up an upload and removes what arrived. Aborting twice is the same as once.
pub async fn abort_upload(app: &App, viewer: &Viewer, id: UploadId) -> Result<()> {
    let mut tx = app.begin().await?;
    let (upload, asset) = store::upload(tx.conn(), viewer.user_id, id).await?.ok_or(Denied::NotFound)?;
    if upload.aborted_at.is_some() {
        return Ok(());
    }
    if store::set_expired(&tx, asset.id).await? {
        tx.record(event("asset.expired", &asset));
    } else if asset.state != State::Expired {
        return Err(MediaRefusal::UploadOver.at(["uploadId"]).into());
    }
    store::close_upload(&tx, upload.id, true).await?;
    tx.wake(topic(asset.id));
    tx.enqueue(Job::new(jobs::CLEAR_QUARANTINE, json!({ "upload": upload.id.to_string() })));
    tx.commit().await
}

/// Deletes a file that nothing published uses. A studio's file needs the permission MEDIA, a portrait its owner.
pub async fn delete_asset(app: &App, viewer: &Viewer, id: AssetId) -> Result<()> {
    changeable(app, viewer, id).await?;
    let mut tx = app.begin().await?;
    let asset = store::locked(&tx, id).await?.ok_or(Denied::NotFound)?;
    if uses::in_use(tx.conn(), id).await? {
        return Err(MediaRefusal::InUse.at(["id"]).into());
    }
    store::set_deleted(&tx, id).await?;
    if asset.object_key.is_some() {
        let job = Job::new(jobs::REMOVE_BYTES, json!({ "asset": id.to_string() }));
        tx.enqueue(job.not_before(tx.now() + GRACE));
    }
    let event = Event::new("asset.deleted", id).of_user(viewer.user_id);
    tx.record(asset.creator.into_iter().fold(event, Event::of_creator));
    tx.wake(topic(id));
    tx.commit().await
}
