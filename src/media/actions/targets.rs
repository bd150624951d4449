//! Where to send the bytes: one signed PUT, or one for each part of a large file.
//!
//! Kept true: type and length of what is sent are signed, so the whole is bounded; an upload in parts is begun at the
//! store once, by whoever asks first, and a loser's beginning is given up; signing itself sends nothing.

use std::time::Duration;

use media_store::SignedRequest;

use crate::app::App;
use crate::kernel::{Denied, Fault, Refusal, Result, UploadId, Viewer};
use crate::media::model::{Asset, Parts, Upload};
use crate::media::refusals::MediaRefusal;
use crate::media::store;

use super::store_failed;

/// Parts are signed so many at a time.
pub const PARTS_AT_ONCE: usize = 100;

/// One request that brings bytes in.
#[derive(Clone, Debug)]
pub struct Target {
    /// From 1; 1 for all at once.
    pub part_number: i32,
    /// The request.
    pub request: SignedRequest,
}

/// Where to send the bytes of an upload: all at once, or the first hundred parts. Nothing once it is closed.
pub async fn targets(app: &App, upload: &Upload, asset: &Asset) -> Result<Vec<Target>> {
    if !upload.is_open_at(app.now()) {
        return Ok(Vec::new());
    }
    let Some(parts) = upload.parts else { return Ok(vec![whole(app, upload, asset).await?]) };
    let most = i32::try_from(PARTS_AT_ONCE).unwrap_or(i32::MAX);
    let numbers: Vec<i32> = (1..=parts.count(asset.byte_size).min(most)).collect();
    signed(app, upload, asset, parts, &numbers).await
}

/// Signs the named parts of the viewer's upload, again or for the first time.
pub async fn sign_parts(app: &App, viewer: &Viewer, id: UploadId, numbers: &[i32]) -> Result<Vec<Target>> {
    let found = store::upload(app.db.read(), viewer.user_id, id).await?;
    let (upload, asset) = found.ok_or(Denied::NotFound)?;
    let Some(parts) = upload.parts else { return refused(MediaRefusal::NoParts, "uploadId") };
    if !upload.is_open_at(app.now()) {
        return refused(MediaRefusal::UploadExpired, "uploadId");
    }
    if numbers.is_empty() || numbers.len() > PARTS_AT_ONCE {
        return refused(MediaRefusal::TooManyParts(PARTS_AT_ONCE), "partNumbers");
    }
    if numbers.iter().any(|number| parts.bytes_of(*number, asset.byte_size).is_none()) {
        return refused(MediaRefusal::NoSuchPart(parts.count(asset.byte_size)), "partNumbers");
    }
    signed(app, &upload, &asset, parts, numbers).await
}

fn refused<T>(refusal: MediaRefusal, path: &str) -> Result<T> {
    Err(refusal.at([path]).into())
}

/// The hash is not signed, because not every store checks it; we do, when the upload is completed.
async fn whole(app: &App, upload: &Upload, asset: &Asset) -> Result<Target> {
    let put = media_store::Upload {
        key: &upload.key,
        content_type: &asset.content_type,
        byte_size: u64::try_from(asset.byte_size).unwrap_or(0),
        sha256: None,
    };
    let signed = app.media.presign_put(put, left(app, upload), app.now()).await;
    let request = signed.map_err(|error| store_failed("signing an upload", error))?;
    Ok(Target { part_number: 1, request })
}

async fn signed(
    app: &App,
    upload: &Upload,
    asset: &Asset,
    parts: Parts,
    numbers: &[i32],
) -> Result<Vec<Target>> {
    let store_upload_id = begun(app, upload, asset).await?;
    let mut targets = Vec::with_capacity(numbers.len());
    for number in numbers {
        let Some(bytes) = parts.bytes_of(*number, asset.byte_size) else { continue };
        let object = (upload.key.as_str(), store_upload_id.as_str());
        let signed = app.media.presign_part(object, *number, bytes, left(app, upload), app.now()).await;
        let request = signed.map_err(|error| store_failed("signing a part", error))?;
        targets.push(Target { part_number: *number, request });
    }
    Ok(targets)
}

fn left(app: &App, upload: &Upload) -> Duration {
    (upload.expires_at - app.now()).to_std().unwrap_or(Duration::ZERO)
}

/// The store's name for an upload in parts; begins it there if nobody has.
async fn begun(app: &App, upload: &Upload, asset: &Asset) -> Result<String> {
    if let Some(known) = &upload.store_upload_id {
        return Ok(known.clone());
    }
    let begun = app.media.begin_parts(&upload.key, &asset.content_type).await;
    let ours = begun.map_err(|error| store_failed("beginning an upload in parts", error))?;
    let tx = app.begin().await?;
    if store::note_begun(&tx, upload.id, &ours).await? {
        tx.commit().await?;
        return Ok(ours);
    }
    drop(tx);
    let given_up = app.media.give_up_parts(&upload.key, &ours).await;
    given_up.map_err(|error| store_failed("giving up a second beginning", error))?;
    let known = store::store_upload_id(&app.db, upload.id).await?;
    Ok(known.ok_or_else(|| Fault::new("beginning an upload in parts", "nobody has begun it"))?)
}
