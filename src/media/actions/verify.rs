//! Verifying a file: copy out of reach of the uploader, examine the copy, make it READY or leave nothing.
//!
//! The copy comes first because the uploader's link still works: what is examined must be what is served. Each
//! verification makes a copy of its own, so two at once cannot harm each other; the first to commit wins, the other's
//! copy goes. A job written down before the copy removes it unless it became the asset's.

use serde_json::json;

use media_store::MediaStoreError;

use crate::app::App;
use crate::events::Event;
use crate::kernel::{Denied, Error, Fault, Refusal, Result, UploadId};
use crate::media::jobs;
use crate::media::model::{Asset, Failure, Kind, State, Upload, topic};
use crate::media::refusals::MediaRefusal;
use crate::media::store::{self, Verified};
use crate::queue::Job;

use super::examine::examine;
use super::pictures::keep_picture;
use super::{FOREVER, process, store_failed};

/// How long after a copy the job looks whether it is needed; longer than any verification takes.
const SECOND_LOOK: chrono::Duration = chrono::Duration::hours(1);

/// The job's way: verifies what an UPLOADED asset's upload brought. Harmless when repeated.
pub async fn verify_uploaded(app: &App, id: UploadId) -> Result<()> {
    let Some(upload) = store::upload_by_id(&app.db, id).await? else { return Ok(()) };
    let Some(asset) = store::asset(app.db.read(), upload.asset).await? else { return Ok(()) };
    if asset.state != State::Uploaded {
        return Ok(());
    }
    match verify(app, &upload, &asset).await {
        Ok(_) => Ok(()),
        // Written down as the asset's state by now, except where nothing was there to be read.
        Err(Error::Refused(_)) => lost(app, &upload, &asset).await,
        Err(error) => Err(error),
    }
}

/// An UPLOADED asset whose bytes are gone can only fail.
async fn lost(app: &App, upload: &Upload, asset: &Asset) -> Result<()> {
    match fail(app, upload, asset, MediaRefusal::NothingArrived, Failure::Corrupt).await {
        Err(Error::Refused(_)) | Ok(_) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Copies and examines what lies in quarantine; a picture is made anew instead. A lie is refused, and leaves the asset
/// FAILED.
pub async fn verify(app: &App, upload: &Upload, asset: &Asset) -> Result<Asset> {
    let key = reserved(app, asset).await?;
    let verdict = match asset.kind {
        Kind::Image => keep_picture(app, upload, asset, &key).await?,
        _ if copied(app, upload, asset, &key).await? => Some(examine(app, asset, &key).await?),
        _ => None,
    };
    match verdict {
        Some(Ok(verified)) => accept(app, upload, asset, &key, &verified).await,
        Some(Err((lie, failure))) => fail(app, upload, asset, lie, failure).await,
        None => nothing_there(app, asset).await,
    }
}

/// What a client is told of its upload.
pub fn refused<T>(refusal: MediaRefusal) -> Result<T> {
    Err(refusal.at(["uploadId"]).into())
}

/// Nothing has arrived, unless another completion was faster and has emptied quarantine.
pub async fn nothing_there(app: &App, asset: &Asset) -> Result<Asset> {
    match store::asset(app.db.read(), asset.id).await? {
        Some(now) if matches!(now.state, State::Ready | State::Processing) => Ok(now),
        _ => refused(MediaRefusal::NothingArrived),
    }
}

/// A key no uploader knows. First it is written down that somebody has to look after what will lie there.
async fn reserved(app: &App, asset: &Asset) -> Result<String> {
    let mut tx = app.begin().await?;
    let owner = store::owner(asset.creator, asset.uploader);
    let key = format!("m/{owner}/{}/{}", asset.id, tx.id().simple());
    let look = Job::new(jobs::SETTLE_OBJECT, json!({ "asset": asset.id.to_string(), "key": key }));
    tx.enqueue(look.not_before(tx.now() + SECOND_LOOK));
    tx.commit().await?;
    Ok(key)
}

/// Copies what lies in quarantine; false if nothing does.
async fn copied(app: &App, upload: &Upload, asset: &Asset, key: &str) -> Result<bool> {
    match app.media.promote(&upload.key, key, &asset.content_type, FOREVER).await {
        Ok(()) => Ok(true),
        Err(MediaStoreError::NotFound) => Ok(false),
        Err(error) => Err(store_failed("copying an upload", error)),
    }
}

async fn accept(app: &App, upload: &Upload, asset: &Asset, key: &str, verified: &Verified) -> Result<Asset> {
    let mut tx = app.begin().await?;
    if let Some(happened) = process::take_in(app, &mut tx, asset, key, verified).await? {
        store::close_upload(&tx, upload.id, false).await?;
        tx.enqueue(Job::new(jobs::CLEAR_QUARANTINE, json!({ "upload": upload.id.to_string() })));
        tx.record(event(happened, asset));
        tx.wake(topic(asset.id));
        tx.commit().await?;
    } else {
        drop(tx);
    }
    let now = store::asset(app.db.read(), asset.id).await?.ok_or(Denied::NotFound)?;
    match now.state {
        State::Ready | State::Processing => Ok(now),
        State::Failed => refused(MediaRefusal::AlreadyRefused),
        State::AwaitingUpload | State::Uploaded => {
            Err(Error::Fault(Fault::away("completing an upload", "nothing was written")))
        }
        _ => refused(MediaRefusal::UploadExpired),
    }
}

/// Leaves the asset FAILED and nothing in quarantine; the refusal says why.
pub async fn fail(
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
        tx.wake(topic(asset.id));
        tx.commit().await?;
    }
    refused(lie)
}

/// Something that happened to a file.
pub fn event(kind: &'static str, asset: &Asset) -> Event {
    let event = Event::new(kind, asset.id).of_user(asset.uploader);
    match asset.creator {
        Some(creator) => event.of_creator(creator),
        None => event,
    }
}
