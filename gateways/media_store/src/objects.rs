//! What this process itself does with objects: look, read, copy to the final place, remove.
//!
//! What it keeps true: reads are bounded by the length asked for, whatever a store sends; every stream is cut
//! when it stalls. Deleting what is not there succeeds, so jobs may repeat.

use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::MetadataDirective;
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::limits::{self, within};
use crate::{MediaStore, MediaStoreError};

/// The most that one [`MediaStore::read_range`] returns, in bytes.
pub const LONGEST_READ: u64 = 16 * 1024 * 1024;

/// RFC 3986's unreserved characters and the slash stay as they are in `x-amz-copy-source`.
const KEY_CHARACTERS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// What the store knows about an object without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectHead {
    /// Length in bytes.
    pub byte_size: u64,
    /// The type it was stored with; a client's word until it was promoted.
    pub content_type: Option<String>,
    /// The store's version mark, with its quotes.
    pub etag: Option<String>,
    /// When it was stored, by the store's clock.
    pub last_modified: Option<DateTime<Utc>>,
}

/// One line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its key.
    pub key: String,
    /// Length in bytes.
    pub byte_size: u64,
    /// When it was stored, by the store's clock.
    pub last_modified: Option<DateTime<Utc>>,
}

impl MediaStore {
    /// Length, type and age of an object.
    pub async fn head(&self, key: &str) -> Result<ObjectHead, MediaStoreError> {
        within(limits::SMALL_CALL, "head", async {
            let call = self.internal.head_object().bucket(&self.bucket).key(key).send();
            let head = call.await.map_err(|error| MediaStoreError::from_sdk("head", error))?;
            Ok(ObjectHead {
                byte_size: length(head.content_length()),
                content_type: head.content_type().map(str::to_owned),
                etag: head.e_tag().map(str::to_owned),
                last_modified: head.last_modified().and_then(instant),
            })
        })
        .await
    }

    /// Up to `len` bytes from byte `from` (16 MiB at most); fewer at the end, none beyond it.
    pub async fn read_range(&self, key: &str, from: u64, len: u64) -> Result<Bytes, MediaStoreError> {
        let len = len.min(LONGEST_READ);
        if len == 0 {
            return Ok(Bytes::new());
        }
        let range = format!("bytes={from}-{}", from.saturating_add(len - 1));
        within(limits::BODY_CALL, "read range", async {
            let call = self.internal.get_object().bucket(&self.bucket).key(key).range(range).send();
            match call.await {
                Ok(answer) => collected(answer.body, len).await,
                Err(error) if error.raw_response().is_some_and(|r| r.status().as_u16() == 416) => {
                    Ok(Bytes::new())
                }
                Err(error) => Err(MediaStoreError::from_sdk("read range", error)),
            }
        })
        .await
    }

    /// SHA-256 in lower-case hex, and the length in bytes. Reads the whole object without keeping it.
    pub async fn sha256(&self, key: &str) -> Result<(String, u64), MediaStoreError> {
        let call = self.internal.get_object().bucket(&self.bucket).key(key).send();
        let answer = call.await.map_err(|error| MediaStoreError::from_sdk("read", error))?;
        let mut body = answer.body;
        let (mut hasher, mut length) = (Sha256::new(), 0u64);
        while let Some(piece) = next_piece(&mut body, limits::READ).await? {
            hasher.update(&piece);
            length += piece.len() as u64;
        }
        Ok((hex::encode(hasher.finalize()), length))
    }

    /// Copies an object to its final key with our type and caching, dropping every header and any metadata
    /// that came with the upload. AWS copies at most 5 GiB this way. The source stays.
    pub async fn promote(
        &self,
        from: &str,
        to: &str,
        content_type: &str,
        cache_control: &str,
    ) -> Result<(), MediaStoreError> {
        let source = format!("{}/{}", self.bucket, utf8_percent_encode(from, KEY_CHARACTERS));
        within(limits::BODY_CALL, "promote", async {
            self.internal
                .copy_object()
                .copy_source(source)
                .bucket(&self.bucket)
                .key(to)
                .metadata_directive(MetadataDirective::Replace)
                .content_type(content_type)
                .cache_control(cache_control)
                .send()
                .await
                .map_err(|error| MediaStoreError::from_sdk("promote", error))?;
            Ok(())
        })
        .await
    }

    /// Stores bytes this process made itself, such as a smaller cover.
    pub async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        content_type: &str,
        cache_control: &str,
    ) -> Result<(), MediaStoreError> {
        self.put_body(key, ByteStream::from(bytes), content_type, cache_control, limits::BODY_CALL).await
    }

    /// Stores a body in one request that may take so long.
    pub(crate) async fn put_body(
        &self,
        key: &str,
        body: ByteStream,
        content_type: &str,
        cache_control: &str,
        patience: Duration,
    ) -> Result<(), MediaStoreError> {
        within(patience, "put", async {
            let call = self.internal.put_object().bucket(&self.bucket).key(key);
            let call = call.content_type(content_type).cache_control(cache_control).body(body);
            call.send().await.map_err(|error| MediaStoreError::from_sdk("put", error))?;
            Ok(())
        })
        .await
    }

    /// Removes an object; well if it was not there.
    pub async fn delete(&self, key: &str) -> Result<(), MediaStoreError> {
        within(limits::SMALL_CALL, "delete", async {
            let call = self.internal.delete_object().bucket(&self.bucket).key(key).send();
            match call.await.map_err(|error| MediaStoreError::from_sdk("delete", error)) {
                Ok(_) | Err(MediaStoreError::NotFound) => Ok(()),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// The first `limit` objects whose keys start with `prefix`, in order of key. Each page of 1,000 is one
    /// call with a limit of its own.
    pub async fn list(&self, prefix: &str, limit: usize) -> Result<Vec<StoredObject>, MediaStoreError> {
        let mut found: Vec<StoredObject> = Vec::new();
        let mut after: Option<String> = None;
        while found.len() < limit {
            let page_size = i32::try_from(limit - found.len()).unwrap_or(i32::MAX).min(1000);
            let call = self.list_page(prefix, page_size, after.take());
            let (page, next) = within(limits::SMALL_CALL, "list", call).await?;
            found.extend(page);
            match next {
                Some(token) => after = Some(token),
                None => break,
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The next objects (1,000 or fewer, none at the end) whose keys start with `prefix` and come after `after`, in
    /// order of key. One call; a walk through a large bucket can stop and go on from the last key.
    pub async fn list_after(&self, prefix: &str, after: &str) -> Result<Vec<StoredObject>, MediaStoreError> {
        within(limits::SMALL_CALL, "list", async {
            let call = self.internal.list_objects_v2().bucket(&self.bucket).prefix(prefix);
            let call = call.set_start_after(Some(after.to_owned()).filter(|after| !after.is_empty()));
            let page = call.send().await.map_err(|error| MediaStoreError::from_sdk("list", error))?;
            Ok(page.contents().iter().filter_map(stored).collect())
        })
        .await
    }

    async fn list_page(
        &self,
        prefix: &str,
        page_size: i32,
        after: Option<String>,
    ) -> Result<(Vec<StoredObject>, Option<String>), MediaStoreError> {
        let call = self.internal.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let call = call.max_keys(page_size).set_continuation_token(after);
        let page = call.send().await.map_err(|error| MediaStoreError::from_sdk("list", error))?;
        let objects = page.contents().iter().filter_map(stored);
        let next = page.next_continuation_token().filter(|_| page.is_truncated() == Some(true));
        Ok((objects.collect(), next.map(str::to_owned)))
    }

    /// Asks the store whether the bucket is there and ours to use: one round trip, nothing changed.
    pub async fn ping(&self) -> Result<(), MediaStoreError> {
        within(limits::SMALL_CALL, "ping", async {
            let call = self.internal.head_bucket().bucket(&self.bucket).send();
            call.await.map_err(|error| MediaStoreError::from_sdk("ping", error))?;
            Ok(())
        })
        .await
    }
}

fn stored(object: &aws_sdk_s3::types::Object) -> Option<StoredObject> {
    Some(StoredObject {
        key: object.key()?.to_owned(),
        byte_size: length(object.size()),
        last_modified: object.last_modified().and_then(instant),
    })
}

async fn collected(mut body: ByteStream, most: u64) -> Result<Bytes, MediaStoreError> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut bytes = BytesMut::new();
    while bytes.len() < most {
        let Some(piece) = next_piece(&mut body, limits::READ).await? else { break };
        bytes.extend_from_slice(&piece);
    }
    bytes.truncate(most);
    Ok(bytes.freeze())
}

pub(crate) async fn next_piece(
    body: &mut ByteStream,
    limit: Duration,
) -> Result<Option<Bytes>, MediaStoreError> {
    within(limit, "read", async {
        body.try_next().await.map_err(|error| MediaStoreError::Unavailable(format!("read: {error}")))
    })
    .await
}

pub(crate) fn length(reported: Option<i64>) -> u64 {
    reported.and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
}

pub(crate) fn instant(time: &aws_sdk_s3::primitives::DateTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.secs(), time.subsec_nanos())
}
