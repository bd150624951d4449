//! Large objects that come in parts: begun, signed part by part, put together, given up.
//!
//! What it keeps true: each part's length is signed, so the whole is bounded; a part that was sent again replaces the
//! one before; giving up what is not there succeeds, so jobs may repeat. An upload in parts costs storage until it is
//! put together or given up, which is why [`MediaStore::unfinished`] lists what was forgotten.
//! Limits are S3's: 10,000 parts, each from 5 MiB (but the last) to 5 GiB.

use std::time::Duration;

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use chrono::{DateTime, Utc};

use crate::limits::{self, within};
use crate::objects::{instant, length};
use crate::presign::{signed, valid};
use crate::{MediaStore, MediaStoreError, SignedRequest};

/// How many unfinished uploads a store lists at once.
pub const UNFINISHED_AT_ONCE: i32 = 1000;

/// A part that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// From 1.
    pub number: i32,
    /// Length in bytes.
    pub byte_size: u64,
    /// The store's version mark, with its quotes.
    pub etag: String,
}

/// An upload in parts that was begun and not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The object it would become.
    pub key: String,
    /// The store's name for the upload.
    pub upload_id: String,
    /// When it was begun, by the store's clock.
    pub begun_at: Option<DateTime<Utc>>,
}

impl MediaStore {
    /// Begins an upload in parts; gives the store's name for it.
    pub async fn begin_parts(&self, key: &str, content_type: &str) -> Result<String, MediaStoreError> {
        within(limits::SMALL_CALL, "begin parts", async {
            let call = self.internal.create_multipart_upload().bucket(&self.bucket).key(key);
            let begun = call.content_type(content_type).send().await;
            let begun = begun.map_err(|error| MediaStoreError::from_sdk("begin parts", error))?;
            begun
                .upload_id
                .ok_or_else(|| MediaStoreError::unsendable("begin parts", "no upload id came back"))
        })
        .await
    }

    /// A link to send part `number`, of exactly `byte_size` bytes.
    pub async fn presign_part(
        &self,
        (key, upload_id): (&str, &str),
        number: i32,
        byte_size: i64,
        valid_for: Duration,
        now: DateTime<Utc>,
    ) -> Result<SignedRequest, MediaStoreError> {
        let call = self.signer.upload_part().bucket(&self.bucket).key(key).upload_id(upload_id);
        let request = call
            .part_number(number)
            .content_length(byte_size)
            .presigned(valid(now, valid_for)?)
            .await
            .map_err(|error| MediaStoreError::from_sdk("presign part", error))?;
        Ok(signed(&request, now, valid_for))
    }

    /// What has arrived, in order of number. [`MediaStoreError::NotFound`] once the upload is over.
    pub async fn parts(&self, key: &str, upload_id: &str) -> Result<Vec<StoredPart>, MediaStoreError> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let call = self.internal.list_parts().bucket(&self.bucket).key(key).upload_id(upload_id);
            let call = call.set_part_number_marker(after.take()).send();
            let page = within(limits::SMALL_CALL, "list parts", async {
                call.await.map_err(|error| MediaStoreError::from_sdk("list parts", error))
            });
            let page = page.await?;
            found.extend(page.parts().iter().filter_map(|part| {
                Some(StoredPart {
                    number: part.part_number()?,
                    byte_size: length(part.size()),
                    etag: part.e_tag()?.to_owned(),
                })
            }));
            match page.next_part_number_marker().filter(|_| page.is_truncated() == Some(true)) {
                Some(next) => after = Some(next.to_owned()),
                None => return Ok(found),
            }
        }
    }

    /// Makes an object of the parts. [`MediaStoreError::NotFound`] once the upload is over: it may have been put
    /// together by another call, so look for the object.
    pub async fn put_together(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[StoredPart],
    ) -> Result<(), MediaStoreError> {
        let named = parts
            .iter()
            .map(|part| CompletedPart::builder().part_number(part.number).e_tag(part.etag.as_str()).build());
        let whole = CompletedMultipartUpload::builder().set_parts(Some(named.collect())).build();
        within(limits::BODY_CALL, "put together", async {
            let call = self.internal.complete_multipart_upload().bucket(&self.bucket).key(key);
            let call = call.upload_id(upload_id).multipart_upload(whole).send();
            call.await.map_err(|error| MediaStoreError::from_sdk("put together", error))?;
            Ok(())
        })
        .await
    }

    /// Gives an upload up, with all that has arrived; well if it was over.
    pub async fn give_up_parts(&self, key: &str, upload_id: &str) -> Result<(), MediaStoreError> {
        within(limits::SMALL_CALL, "give up parts", async {
            let call = self.internal.abort_multipart_upload().bucket(&self.bucket).key(key);
            match call.upload_id(upload_id).send().await {
                Ok(_) => Ok(()),
                Err(error) if error.code() == Some("NoSuchUpload") => Ok(()),
                Err(error) => Err(MediaStoreError::from_sdk("give up parts", error)),
            }
        })
        .await
    }

    /// Uploads in parts under `prefix` that were begun and not ended: the first page of the store's list.
    pub async fn unfinished(&self, prefix: &str) -> Result<Vec<Unfinished>, MediaStoreError> {
        self.unfinished_after(prefix, None, UNFINISHED_AT_ONCE).await
    }

    /// The next of them (`at_most` or fewer, none at the end) after this one, in order of key and name. One call; what
    /// was given up meanwhile does not matter.
    pub async fn unfinished_after(
        &self,
        prefix: &str,
        after: Option<&Unfinished>,
        at_most: i32,
    ) -> Result<Vec<Unfinished>, MediaStoreError> {
        within(limits::SMALL_CALL, "list unfinished", async {
            let call = self.internal.list_multipart_uploads().bucket(&self.bucket).prefix(prefix);
            let call = call
                .max_uploads(at_most)
                .set_key_marker(after.map(|last| last.key.clone()))
                .set_upload_id_marker(after.map(|last| last.upload_id.clone()));
            let page =
                call.send().await.map_err(|error| MediaStoreError::from_sdk("list unfinished", error))?;
            let found = page.uploads().iter().filter_map(|upload| {
                Some(Unfinished {
                    key: upload.key()?.to_owned(),
                    upload_id: upload.upload_id()?.to_owned(),
                    begun_at: upload.initiated().and_then(instant),
                })
            });
            Ok(found.collect())
        })
        .await
    }
}
