//! Verifying a picture: it is read once, made anew in several sizes, and only those are kept.
//!
//! One picture at a time per process: each may need a hundred megabytes while it is decoded.

use bytes::{Bytes, BytesMut};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::kernel::{Fault, Result};
use crate::media::model::{Asset, Failure, Upload, key_of_size};
use crate::media::pdf::Pages;
use crate::media::refusals::MediaRefusal;
use crate::media::store::{MadePicture, Verified};
use crate::media::{accepted, sniff};

use media_store::{LONGEST_READ, MediaStoreError};
use pictures::{Picture, PictureError};

use super::examine::{Verdict, size_differs};
use super::{FOREVER, store_failed};

/// One picture is decoded at a time, and a few wait for it in memory; the others wait in the store.
static AT_WORK: Semaphore = Semaphore::const_new(1);
static IN_MEMORY: Semaphore = Semaphore::const_new(3);

/// Examines the picture in quarantine and keeps what is made of it at `key`. `None` if nothing lies there.
pub async fn keep_picture(app: &App, upload: &Upload, asset: &Asset, key: &str) -> Result<Option<Verdict>> {
    let _place = IN_MEMORY.acquire().await.map_err(|error| Fault::new("waiting for a place", error))?;
    let Some(bytes) = read(app, &upload.key, asset.byte_size).await? else { return Ok(None) };
    let sha256 = hex::encode(Sha256::digest(&bytes));
    if let Err(lie) = honest(asset, &bytes, &sha256) {
        return Ok(Some(Err(lie)));
    }
    let turn = AT_WORK.acquire().await.map_err(|error| Fault::new("waiting for a turn", error))?;
    let made = match tokio::task::spawn_blocking(move || pictures::make(&bytes)).await {
        Ok(made) => made.map_err(refusal),
        // A decoder that panics has met a file that nobody can show.
        Err(_) => Err(MediaRefusal::PictureUnreadable),
    };
    drop(turn);
    match made {
        Ok(picture) => Ok(Some(Ok(keep(app, key, picture, sha256).await?))),
        Err(lie) => Ok(Some(Err((lie, Failure::Unsupported)))),
    }
}

fn refusal(error: PictureError) -> MediaRefusal {
    match error {
        PictureError::Unreadable => MediaRefusal::PictureUnreadable,
        PictureError::TooLarge { width, height } => {
            MediaRefusal::PictureTooLarge { width: width as usize, height: height as usize }
        }
    }
}

async fn read(app: &App, key: &str, most: i64) -> Result<Option<Bytes>> {
    // One byte more than promised shows that there are more.
    let most = u64::try_from(most).unwrap_or(0) + 1;
    let mut bytes = BytesMut::new();
    loop {
        let from = bytes.len() as u64;
        let asked = (most - from).min(LONGEST_READ);
        match app.media.read_range(key, from, asked).await {
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(MediaStoreError::NotFound) => return Ok(None),
            Err(error) => return Err(store_failed("reading a picture", error)),
        }
        let came = bytes.len() as u64;
        if came < from + asked || came == most {
            return Ok(Some(bytes.freeze()));
        }
    }
}

fn honest(asset: &Asset, bytes: &[u8], sha256: &str) -> std::result::Result<(), (MediaRefusal, Failure)> {
    let unsupported = |lie| (lie, Failure::Unsupported);
    let promised =
        accepted::named(&asset.content_type).ok_or(unsupported(MediaRefusal::PictureUnreadable))?;
    sniff::check(promised, bytes).map_err(unsupported)?;
    if i64::try_from(bytes.len()) != Ok(asset.byte_size) {
        return Err(size_differs(asset, bytes.len() as u64));
    }
    if asset.sha256.as_ref().is_some_and(|promised| promised != sha256) {
        return Err((MediaRefusal::HashDiffers, Failure::Corrupt));
    }
    let size = sniff::picture_size(bytes).ok_or(unsupported(MediaRefusal::PictureUnreadable))?;
    sniff::within_limits(size).map(drop).map_err(unsupported)
}

async fn keep(app: &App, key: &str, picture: Picture, sha256: String) -> Result<Verified> {
    let byte_size = i64::try_from(picture.whole.len()).unwrap_or(i64::MAX);
    for (width, bytes) in picture.smaller {
        put(app, &key_of_size(key, width), bytes, picture.content_type).await?;
    }
    put(app, key, picture.whole, picture.content_type).await?;
    let side = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    Ok(Verified {
        sha256,
        size: Some((side(picture.width), side(picture.height))),
        duration_seconds: None,
        pages: Pages::default(),
        made: Some(MadePicture {
            content_type: picture.content_type,
            byte_size,
            thumbhash: picture.thumbhash,
        }),
    })
}

async fn put(app: &App, key: &str, bytes: Vec<u8>, content_type: &str) -> Result<()> {
    let stored = app.media.put(key, Bytes::from(bytes), content_type, FOREVER).await;
    stored.map_err(|error| store_failed("keeping a picture", error))
}
