//! Taking in a film that somebody else has put into our bucket: a recording made by the server of a live room.
//!
//! It goes the way of every upload: copied to where only we write, examined, made READY or FAILED; what lay there is
//! removed then. The caller has decided that it belongs to the studio.

use serde_json::json;
use uuid::Uuid;

use media_store::MediaStoreError;

use crate::app::App;
use crate::creators;
use crate::events::Event;
use crate::kernel::{AssetId, CreatorId, Denied, Fault, Result};
use crate::media::jobs;
use crate::media::model::{Kind, Purpose};
use crate::media::store::{self, Promise};
use crate::queue::Job;

use super::{store_failed, verify};

/// Makes a film (MP4) at `key` a file of the studio, its owner's upload; `unique` is the same for the same film,
/// `imported` is noted with it, once. Gives the file; none for what is larger than any film here may be.
pub async fn import_film(
    app: &App,
    creator: CreatorId,
    key: &str,
    filename: &str,
    unique: Uuid,
    imported: Event,
) -> Result<Option<AssetId>> {
    let owner = creators::store::owners(app, &[creator]).await?.remove(&creator).ok_or(Denied::NotFound)?;
    if let Some((_, known)) = store::upload_by_key(app.db.read(), owner, unique).await? {
        return Ok(Some(known.id));
    }
    let bytes = match app.media.head(key).await {
        Ok(head) => head.byte_size,
        // It was said to be there, so it may still come.
        Err(MediaStoreError::NotFound) => {
            return Err(Fault::away("taking in a recording", "it is not there").into());
        }
        Err(error) => return Err(store_failed("looking for a recording", error)),
    };
    if i64::try_from(bytes).map_or(true, |bytes| bytes > Kind::Video.most_bytes()) {
        // It could never be copied: the store copies no more at once.
        tracing::warn!(%creator, bytes, "a recording is larger than any film here may be: it stays where it is");
        return Ok(None);
    }
    let promise = Promise {
        creator: Some(creator),
        purpose: Purpose::LessonMedia,
        kind: Kind::Video,
        filename: filename.to_owned(),
        content_type: "video/mp4",
        byte_size: i64::try_from(bytes).unwrap_or(i64::MAX),
        parts: None,
        sha256: None,
    };
    let mut tx = app.begin().await?;
    let upload = store::insert(&tx, owner, &promise, Some(unique), tx.now()).await?;
    store::set_upload_key(&tx, upload.id, key).await?;
    let asset = store::asset(tx.conn(), upload.asset).await?.ok_or(Denied::NotFound)?;
    store::set_uploaded(&tx, asset.id).await?;
    store::close_upload(&tx, upload.id, false).await?;
    tx.enqueue(Job::new(jobs::VERIFY, json!({ "upload": upload.id.to_string() })));
    tx.record(verify::event("asset.uploaded", &asset));
    tx.record(imported);
    tx.commit().await?;
    Ok(Some(upload.asset))
}
