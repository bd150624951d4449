//! Completing an upload: put the parts together, see that all of it is there, and have it verified.
//!
//! What came in one piece is verified at once; what came in parts takes longer to read and is verified by a job, UPLOADED
//! meanwhile. Completing twice is harmless, also at the same time and after a crash in the middle: parts that are gone
//! were put together before, and then the object is there.

use serde_json::json;

use media_store::{MediaStoreError, StoredPart};

use crate::app::App;
use crate::kernel::{Denied, Result, UploadId, Viewer};
use crate::media::jobs;
use crate::media::model::{Asset, Parts, State, Upload, topic};
use crate::media::refusals::MediaRefusal;
use crate::media::store;
use crate::queue::Job;

use super::verify::{self, refused};
use super::{examine, store_failed};

/// A part as the client believes to have sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentPart {
    /// From 1.
    pub number: i32,
    /// The store's answer to the PUT, with or without its quotes.
    pub etag: String,
}

/// Verifies what arrived, or has it verified. Idempotent: a READY asset is given again. `parts` is what the client
/// sent, if it kept count; the store's own list decides.
pub async fn complete_upload(
    app: &App,
    viewer: &Viewer,
    id: UploadId,
    parts: Option<Vec<SentPart>>,
) -> Result<Asset> {
    let (upload, asset) = store::upload(app.db.read(), viewer.user_id, id).await?.ok_or(Denied::NotFound)?;
    match asset.state {
        State::Ready | State::Uploaded | State::Scanning | State::Processing => return Ok(asset),
        State::AwaitingUpload if upload.is_open_at(app.now()) => {}
        State::AwaitingUpload | State::Expired => return refused(MediaRefusal::UploadExpired),
        _ => return refused(MediaRefusal::AlreadyRefused),
    }
    if let Some(cut) = upload.parts {
        put_together(app, &upload, &asset, cut, parts.unwrap_or_default()).await?;
    }
    match arrived(app, &upload).await? {
        None => return verify::nothing_there(app, &asset).await,
        Some(bytes) if i64::try_from(bytes) != Ok(asset.byte_size) => {
            let (lie, failure) = examine::size_differs(&asset, bytes);
            return verify::fail(app, &upload, &asset, lie, failure).await;
        }
        Some(_) => {}
    }
    match upload.parts {
        Some(_) => hand_over(app, &upload, &asset).await,
        None => verify::verify(app, &upload, &asset).await,
    }
}

/// How many bytes lie in quarantine.
async fn arrived(app: &App, upload: &Upload) -> Result<Option<u64>> {
    match app.media.head(&upload.key).await {
        Ok(head) => Ok(Some(head.byte_size)),
        Err(MediaStoreError::NotFound) => Ok(None),
        Err(error) => Err(store_failed("looking for an upload", error)),
    }
}

/// Makes one object of the parts, if that was not done before.
async fn put_together(
    app: &App,
    upload: &Upload,
    asset: &Asset,
    cut: Parts,
    sent: Vec<SentPart>,
) -> Result<()> {
    let Some(store_upload_id) = &upload.store_upload_id else {
        return refused(MediaRefusal::NothingArrived);
    };
    let there = match app.media.parts(&upload.key, store_upload_id).await {
        Ok(there) => there,
        Err(MediaStoreError::NotFound) => return Ok(()),
        Err(error) => return Err(store_failed("listing parts", error)),
    };
    if let Some(refusal) = incomplete(asset, cut, &there, &sent) {
        return refused(refusal);
    }
    match app.media.put_together(&upload.key, store_upload_id, &there).await {
        Ok(()) | Err(MediaStoreError::NotFound) => Ok(()),
        Err(error) => Err(store_failed("putting parts together", error)),
    }
}

/// What keeps the parts from being the file: one that is missing or cut short, or other bytes than the client sent.
fn incomplete(asset: &Asset, cut: Parts, there: &[StoredPart], sent: &[SentPart]) -> Option<MediaRefusal> {
    let count = cut.count(asset.byte_size);
    let whole = |number: i32| {
        let bytes = cut.bytes_of(number, asset.byte_size).and_then(|bytes| u64::try_from(bytes).ok());
        there.iter().any(|part| part.number == number && Some(part.byte_size) == bytes)
    };
    let missing: Vec<i32> = (1..=count).filter(|number| !whole(*number)).collect();
    if let Some(first) = missing.first() {
        return Some(MediaRefusal::PartsMissing { missing: missing.len(), count, first: *first });
    }
    let bare = |etag: &str| etag.trim_matches('"').to_ascii_lowercase();
    let differs = sent.iter().find(|sent| {
        let stored = there.iter().find(|part| part.number == sent.number);
        stored.is_none_or(|stored| bare(&stored.etag) != bare(&sent.etag))
    });
    differs.map(|part| MediaRefusal::PartDiffers(part.number))
}

/// Closes the upload and has a job verify what it brought.
async fn hand_over(app: &App, upload: &Upload, asset: &Asset) -> Result<Asset> {
    let mut tx = app.begin().await?;
    if store::set_uploaded(&tx, asset.id).await? {
        store::close_upload(&tx, upload.id, false).await?;
        tx.enqueue(Job::new(jobs::VERIFY, json!({ "upload": upload.id.to_string() })));
        tx.record(verify::event("asset.uploaded", asset));
        tx.wake(topic(asset.id));
        tx.commit().await?;
    }
    Ok(store::asset(app.db.read(), asset.id).await?.ok_or(Denied::NotFound)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{AssetId, Instant, UserId};
    use crate::media::model::{Kind, Purpose};

    const MIB: i64 = 1024 * 1024;

    fn film() -> Asset {
        Asset {
            id: AssetId(uuid::Uuid::nil()),
            creator: None,
            uploader: UserId(uuid::Uuid::nil()),
            purpose: Purpose::LessonMedia,
            kind: Kind::Video,
            state: State::AwaitingUpload,
            failure: None,
            filename: String::new(),
            content_type: String::new(),
            byte_size: 17 * MIB,
            sha256: None,
            object_key: None,
            width: None,
            height: None,
            duration_seconds: None,
            page_count: None,
            document_problem: None,
            thumbhash: None,
            processing_basis_points: None,
            alt_text: String::new(),
            created_at: Instant::UNIX_EPOCH,
            deleted_at: None,
        }
    }

    fn part(number: i32, mib: u64) -> StoredPart {
        StoredPart { number, byte_size: mib * 1024 * 1024, etag: format!("\"{number}ab\"") }
    }

    #[test]
    fn what_is_missing_or_cut_short_is_named() {
        let cut = Parts { size: 8 * MIB };
        let judge = |there: &[StoredPart]| incomplete(&film(), cut, there, &[]);
        assert_eq!(judge(&[part(1, 8), part(2, 8), part(3, 1)]), None);
        let missing = |missing, first| Some(MediaRefusal::PartsMissing { missing, count: 3, first });
        assert_eq!(judge(&[part(1, 8), part(3, 1)]), missing(1, 2));
        assert_eq!(judge(&[part(1, 8), part(2, 7), part(3, 1)]), missing(1, 2));
        assert_eq!(judge(&[]), missing(3, 1));
    }

    #[test]
    fn what_the_client_sent_is_compared_if_it_kept_count() {
        let there = [part(1, 8), part(2, 8), part(3, 1)];
        let sent = |etag: &str| vec![SentPart { number: 2, etag: etag.to_owned() }];
        let judge = |sent: &[SentPart]| incomplete(&film(), Parts { size: 8 * MIB }, &there, sent);
        assert_eq!(judge(&sent("2ab")), None);
        assert_eq!(judge(&sent("\"2AB\"")), None);
        assert_eq!(judge(&sent("other")), Some(MediaRefusal::PartDiffers(2)));
        assert_eq!(judge(&[SentPart { number: 9, etag: "2ab".into() }]), Some(MediaRefusal::PartDiffers(9)));
    }
}
