//! Objects as files of this machine: fetched to be worked on, stored when they are finished.
//!
//! What it keeps true: nothing is held in memory as a whole; a stalled transfer is cut; a fetch that was cut leaves an
//! error and never a file that looks whole. Stored with one request: at most 5 GB (S3's limit for a single PUT).

use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::limits;
use crate::objects::next_piece;
use crate::{MediaStore, MediaStoreError};

/// The slowest connection that is waited for, in bytes a second.
const SLOWEST: u64 = 1_000_000;

impl MediaStore {
    /// Fetches an object into a file that does not exist yet: its length in bytes. More than `most` bytes are refused.
    pub async fn get_file(&self, key: &str, file: &Path, most: u64) -> Result<u64, MediaStoreError> {
        let call = self.internal.get_object().bucket(&self.bucket).key(key).send();
        let answer = call.await.map_err(|error| MediaStoreError::from_sdk("fetch", error))?;
        let promised = answer.content_length().and_then(|length| u64::try_from(length).ok());
        let mut body = answer.body;
        let mut target = File::create_new(file).await.map_err(on_disk)?;
        let mut length = 0;
        while let Some(piece) = next_piece(&mut body, limits::READ).await? {
            length += piece.len() as u64;
            if length > most {
                return Err(MediaStoreError::Refused(format!("fetch: longer than {most} bytes")));
            }
            target.write_all(&piece).await.map_err(on_disk)?;
        }
        target.flush().await.map_err(on_disk)?;
        if promised.is_some_and(|promised| promised != length) {
            return Err(MediaStoreError::Unavailable("fetch: cut off".to_owned()));
        }
        Ok(length)
    }

    /// Stores a file: its length in bytes.
    pub async fn put_file(
        &self,
        key: &str,
        file: &Path,
        content_type: &str,
        cache_control: &str,
    ) -> Result<u64, MediaStoreError> {
        let length = tokio::fs::metadata(file).await.map_err(on_disk)?.len();
        let body = ByteStream::from_path(file).await.map_err(on_disk)?;
        let patience = limits::BODY_CALL + Duration::from_secs(length / SLOWEST);
        self.put_body(key, body, content_type, cache_control, patience).await?;
        Ok(length)
    }
}

/// A full disk may have room again later.
fn on_disk(error: impl std::fmt::Display) -> MediaStoreError {
    MediaStoreError::Unavailable(format!("a file of this machine: {error}"))
}
