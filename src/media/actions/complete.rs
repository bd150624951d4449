//! Completing an upload: copy out of reach of the uploader, examine the copy, make it READY or leave nothing.
//!
//! The copy comes first because the uploader's link still works: what is examined must be what is served. Each
//! completion makes a copy of its own, so two at once cannot harm each other; the first to commit wins, the other's
//! copy goes. A job written down before the copy removes it unless it became the asset's.

use serde_json::json;

use media_store::MediaStoreError;

use crate::app::App;
use crate::events::Event;
use crate::kernel::{Denied, Error, Fault, Refusal, Result, UploadId, Viewer};
use crate::media::jobs;
use crate::media::model::{Asset, Failure, State, Upload};
use crate::media::refusals::MediaRefusal;
use crate::media::store::{self, Verified};
use crate::queue::Job;

use super::examine::{self, examine};
use super::{process, store_failed};

/// An asset is never changed once it is READY, so caches may keep it.
const FOREVER: &str = "private, max-age=31536000, immutable";
/// How long after a copy the job looks whether it is needed; longer than any completion takes.
const SECOND_LOOK: chrono::Duration = chrono::Duration::hours(1);

/// Verifies what arrived. Idempotent: a READY asset is given again.
pub async fn complete_upload(app: &App, viewer: &Viewer, id: UploadId) -> Result<Asset> {
    let (upload, asset) = store::upload(app.db.read(), viewer.user_id, id).await?.ok_or(Denied::NotFound)?;
    match asset.state {
        State::Ready | State::Processing => return Ok(asset),
        State::AwaitingUpload if upload.is_open_at(app.now()) => {}
        State::AwaitingUpload | State::Expired => return refused(MediaRefusal::UploadExpired),
        _ => return refused(MediaRefusal::AlreadyRefused),
    }
    match arrived(app, &upload).await? {
        None => return nothing_there(app, &asset).await,
        Some(bytes) if i64::try_from(bytes) != Ok(asset.byte_size) => {
            let (lie, failure) = examine::size_differs(&asset, bytes);
            return fail(app, &upload, &asset, lie, failure).await;
        }
        Some(_) => {}
    }
    let Some(key) = copy(app, &upload, &asset).await? else { return nothing_there(app, &asset).await };
    match examine(app, &asset, &key).await? {
        Ok(verified) => accept(app, &upload, &asset, &key, &verified).await,
        Err((lie, failure)) => fail(app, &upload, &asset, lie, failure).await,
    }
}

fn refused(refusal: MediaRefusal) -> Result<Asset> {
    Err(refusal.at(["uploadId"]).into())
}

/// How many bytes lie in quarantine.
async fn arrived(app: &App, upload: &Upload) -> Result<Option<u64>> {
    match app.media.head(&upload.key).await {
        Ok(head) => Ok(Some(head.byte_size)),
        Err(MediaStoreError::NotFound) => Ok(None),
        Err(error) => Err(store_failed("looking for an upload", error)),
    }
}

/// Nothing has arrived, unless another completion was faster and has emptied quarantine.
async fn nothing_there(app: &App, asset: &Asset) -> Result<Asset> {
    match store::asset(app.db.read(), asset.id).await? {
        Some(now) if matches!(now.state, State::Ready | State::Processing) => Ok(now),
        _ => refused(MediaRefusal::NothingArrived),
    }
}

/// Copies to a key no uploader knows, if there is something to copy; first writes down that somebody has to look
/// after it.
async fn copy(app: &App, upload: &Upload, asset: &Asset) -> Result<Option<String>> {
    let mut tx = app.begin().await?;
    let owner = store::owner(asset.creator, asset.uploader);
    let key = format!("m/{owner}/{}/{}", asset.id, tx.id().simple());
    let look = Job::new(jobs::SETTLE_OBJECT, json!({ "asset": asset.id.to_string(), "key": key }));
    tx.enqueue(look.not_before(tx.now() + SECOND_LOOK));
    tx.commit().await?;
    match app.media.promote(&upload.key, &key, &asset.content_type, FOREVER).await {
        Ok(()) => Ok(Some(key)),
        Err(MediaStoreError::NotFound) => Ok(None),
        Err(error) => Err(store_failed("copying an upload", error)),
    }
}

async fn accept(app: &App, upload: &Upload, asset: &Asset, key: &str, verified: &Verified) -> Result<Asset> {
    let mut tx = app.begin().await?;
    if let Some(happened) = process::take_in(app, &mut tx, asset, key, verified).await? {
        store::close_upload(&tx, upload.id, false).await?;
        tx.enqueue(Job::new(jobs::CLEAR_QUARANTINE, json!({ "upload": upload.id.to_string() })));
        tx.record(event(happened, asset));
        tx.commit().await?;
    } else {
        drop(tx);
    }
    let now = store::asset(app.db.read(), asset.id).await?.ok_or(Denied::NotFound)?;
    match now.state {
        State::Ready | State::Processing => Ok(now),
        State::Failed => refused(MediaRefusal::AlreadyRefused),
        State::AwaitingUpload => {
            Err(Error::Fault(Fault::away("completing an upload", "nothing was written")))
        }
        _ => refused(MediaRefusal::UploadExpired),
    }
}

async fn fail(
    app: &App,
    upload: &Upload,
    asset: &Asset,
    lie: MediaRefusal,
    failure: Failure,
) -> Result<Asset> {
    let mut tx = app.begin().await?;
    if store::set_failed(&tx, asset.id, failure).await? {
        store::close_upload(&tx, upload.id, false).await?;
        tx.enqueue(Job::new(jobs::CLEAR_QUARANTINE, json!({ "upload": upload.id.to_string() })));
        tx.record(event("asset.failed", asset));
        tx.commit().await?;
    }
    refused(lie)
}

fn event(kind: &'static str, asset: &Asset) -> Event {
    let event = Event::new(kind, asset.id).of_user(asset.uploader);
    match asset.creator {
        Some(creator) => event.of_creator(creator),
        None => event,
    }
}
