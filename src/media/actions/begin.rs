//! Promising a file: who may, of which type, how large. The answer says where to send the bytes.

use uuid::Uuid;

use crate::app::App;
use crate::creators::{actions::desk, model::Permission};
use crate::events::Event;
use crate::kernel::text::{self, Checks};
use crate::kernel::{CreatorId, Fault, Refusal, Result, Viewer};
use crate::media::accepted::{self, MOST_OPEN_UPLOADS, STUDIO_QUOTA};
use crate::media::model::{Asset, Parts, Purpose, UPLOAD_LIFETIME, Upload};
use crate::media::refusals::MediaRefusal;
use crate::media::store::{self, Promise};

/// What somebody promises.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// For which studio; none = the uploader's own portrait.
    pub creator: Option<CreatorId>,
    /// What for.
    pub purpose: Purpose,
    /// As it is called on the uploader's device.
    pub filename: String,
    /// As the client names it.
    pub content_type: String,
    /// Bytes.
    pub byte_size: i64,
    /// 64 hex digits, if the client has computed it.
    pub sha256: Option<String>,
    /// The same key gives the same upload again.
    pub idempotency_key: Option<Uuid>,
}

/// Takes a promise. With a key used before, gives that upload again.
pub async fn begin_upload(app: &App, viewer: &Viewer, new: NewUpload) -> Result<(Upload, Asset)> {
    let key = new.idempotency_key;
    let promise = checked(viewer, new)?;
    if let Some(creator) = promise.creator {
        desk(app, viewer, creator, Permission::Media).await?;
    }
    let mut tx = app.begin().await?;
    store::queue_up(&tx, promise.creator, viewer.user_id).await?;
    if let Some(key) = key
        && let Some(known) = store::upload_by_key(tx.conn(), viewer.user_id, key).await?
    {
        return same(known, &promise);
    }
    within_limits(&tx, viewer, &promise).await?;
    let upload = store::insert(&tx, viewer.user_id, &promise, key, tx.now() + UPLOAD_LIFETIME).await?;
    let asset = store::asset(tx.conn(), upload.asset).await?;
    let asset = asset.ok_or_else(|| Fault::new("beginning an upload", "its asset is not there"))?;
    let mut event = Event::new("asset.promised", asset.id).of_user(viewer.user_id);
    if let Some(creator) = asset.creator {
        event = event.of_creator(creator);
    }
    tx.record(event);
    tx.commit().await?;
    Ok((upload, asset))
}

fn checked(viewer: &Viewer, new: NewUpload) -> Result<Promise> {
    let mut checks = Checks::default();
    if !viewer.email_verified {
        checks.add(MediaRefusal::EmailNotVerified.at(["input"]));
    }
    match (new.purpose.is_personal(), new.creator) {
        (false, None) => checks.add(MediaRefusal::CreatorRequired.at(["input", "creatorId"])),
        (true, Some(_)) => checks.add(MediaRefusal::CreatorNotAllowed.at(["input", "creatorId"])),
        _ => {}
    }
    let filename = checks.take(&["input", "filename"], text::line("A file name", &new.filename, 200));
    let accepted =
        checks.take(&["input", "contentType"], accepted::for_purpose(new.purpose, &new.content_type));
    if let Some(accepted) = accepted {
        checks.take(&["input", "byteSize"], size(new.byte_size, accepted.kind.most_bytes()));
    }
    let sha256 = new.sha256.map(|hex| checks.take(&["input", "sha256"], hash(&hex)));
    checks.done()?;
    let (Some(filename), Some(accepted)) = (filename, accepted) else {
        return Err(Fault::new("checking an upload", "a value is missing though no check failed").into());
    };
    Ok(Promise {
        creator: new.creator,
        purpose: new.purpose,
        kind: accepted.kind,
        filename,
        content_type: accepted.content_type,
        byte_size: new.byte_size,
        parts: Parts::of(new.byte_size),
        sha256: sha256.flatten(),
    })
}

fn size(bytes: i64, most: i64) -> std::result::Result<(), MediaRefusal> {
    match bytes {
        ..=0 => Err(MediaRefusal::Empty),
        bytes if bytes > most => Err(MediaRefusal::TooLarge(most)),
        _ => Ok(()),
    }
}

fn hash(text: &str) -> std::result::Result<String, MediaRefusal> {
    let digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if digits { Ok(text.to_ascii_lowercase()) } else { Err(MediaRefusal::HashMalformed) }
}

/// The upload of a repeated key, if it is for the same file.
fn same((upload, asset): (Upload, Asset), promise: &Promise) -> Result<(Upload, Asset)> {
    let is_same = asset.creator == promise.creator
        && asset.purpose == promise.purpose
        && asset.filename == promise.filename
        && asset.content_type == promise.content_type
        && asset.byte_size == promise.byte_size
        && promise.sha256.as_ref().is_none_or(|hash| asset.sha256.as_ref() == Some(hash));
    if is_same {
        Ok((upload, asset))
    } else {
        Err(MediaRefusal::KeyReused.at(["input", "idempotencyKey"]).into())
    }
}

async fn within_limits(tx: &crate::db::Tx, viewer: &Viewer, promise: &Promise) -> Result<()> {
    let open = store::open_uploads(tx, viewer.user_id).await?;
    if open >= MOST_OPEN_UPLOADS {
        return Err(MediaRefusal::TooManyOpen(open).at(["input"]).into());
    }
    if let Some(creator) = promise.creator {
        let kept = store::bytes_of(tx.conn(), creator).await?;
        if kept.saturating_add(promise.byte_size) > STUDIO_QUOTA {
            let left = (STUDIO_QUOTA - kept).max(0);
            let full = MediaRefusal::QuotaReached { left, of: STUDIO_QUOTA };
            return Err(full.at(["input", "byteSize"]).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_refused_with_what_to_do() {
        assert_eq!(size(0, 100), Err(MediaRefusal::Empty));
        assert_eq!(size(-5, 100), Err(MediaRefusal::Empty));
        assert_eq!(size(101, 100), Err(MediaRefusal::TooLarge(100)));
        assert_eq!(size(100, 100), Ok(()));
    }

    #[test]
    fn a_hash_is_compared_in_lower_case() {
        assert_eq!(hash(&"AB".repeat(32)), Ok("ab".repeat(32)));
        for bad in ["", "ab", &"zz".repeat(32)] {
            assert_eq!(hash(bad), Err(MediaRefusal::HashMalformed));
        }
    }
}
