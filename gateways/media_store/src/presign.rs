//! Links that let a browser put or get one object without our key.
//!
//! What it keeps true: an upload link fixes key, length and type, so nobody stores more or other than was
//! agreed; a download link fixes what the browser is told about the bytes. Signing sends nothing. The present
//! is an argument: the process has one clock, and it can be moved in tests.
//! Download links are equal inside a five-minute window, so caches of browsers and proxies are hit.

use std::time::Duration;

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};

use crate::{Disposition, MediaStore, MediaStoreError};

/// How far apart two different download links of one object are, in seconds.
const WINDOW_SECONDS: i64 = 300;

/// What may be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload<'a> {
    /// Where it will lie.
    pub key: &'a str,
    /// The only `Content-Type` the store will accept.
    pub content_type: &'a str,
    /// The only length the store will accept, in bytes.
    pub byte_size: u64,
    /// SHA-256 of the bytes if the client told it; the store then refuses any others.
    pub sha256: Option<[u8; 32]>,
}

/// A request that a client may send as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// The whole address, signature included. A secret while it lasts.
    pub url: String,
    /// Headers the client must send unchanged, in lower case. Empty for downloads.
    pub headers: Vec<(String, String)>,
    /// When the store stops accepting it; a transfer under way continues.
    pub expires_at: DateTime<Utc>,
}

impl MediaStore {
    /// A link to upload exactly what `upload` says, once or again until it expires.
    ///
    /// Fails with [`MediaStoreError::Refused`] when `valid_for` is longer than S3's seven days.
    pub async fn presign_put(
        &self,
        upload: Upload<'_>,
        valid_for: Duration,
        now: DateTime<Utc>,
    ) -> Result<SignedRequest, MediaStoreError> {
        let length = i64::try_from(upload.byte_size).map_err(|_| {
            MediaStoreError::unsendable("presign put", "the length is beyond what S3 can store")
        })?;
        let request = self
            .signer
            .put_object()
            .bucket(&self.bucket)
            .key(upload.key)
            .content_type(upload.content_type)
            .content_length(length)
            .set_checksum_sha256(upload.sha256.map(|digest| BASE64.encode(digest)))
            .presigned(valid(now, valid_for)?)
            .await
            .map_err(|error| MediaStoreError::from_sdk("presign put", error))?;
        Ok(signed(&request, now, valid_for))
    }

    /// A link to read an object, told to the browser as `content_type` and `disposition` whatever was stored; through the
    /// network before the bucket, where there is one, what is shown in place comes with the type it was stored with.
    ///
    /// The signature starts at the present floored to five minutes and lasts five minutes more than asked.
    /// Fails with [`MediaStoreError::Refused`] when that is longer than S3's seven days.
    pub async fn presign_get(
        &self,
        key: &str,
        disposition: &Disposition,
        content_type: &str,
        valid_for: Duration,
        now: DateTime<Utc>,
    ) -> Result<SignedRequest, MediaStoreError> {
        let start = floored(now);
        let lasts = valid_for + Duration::from_secs(WINDOW_SECONDS.unsigned_abs());
        if let (Some(cdn), Disposition::Inline) = (&self.cdn, disposition) {
            return Ok(cdn.link(key, start + lasts));
        }
        let request = self
            .signer
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_type(content_type)
            .response_content_disposition(disposition.header())
            .presigned(valid(start, lasts)?)
            .await
            .map_err(|error| MediaStoreError::from_sdk("presign get", error))?;
        Ok(signed(&request, start, lasts))
    }
}

fn floored(now: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = now.timestamp();
    DateTime::from_timestamp(seconds - seconds.rem_euclid(WINDOW_SECONDS), 0).unwrap_or(now)
}

pub(crate) fn valid(start: DateTime<Utc>, lasts: Duration) -> Result<PresigningConfig, MediaStoreError> {
    PresigningConfig::builder()
        .start_time(start.into())
        .expires_in(lasts)
        .build()
        .map_err(|error| MediaStoreError::unsendable("presign", error))
}

pub(crate) fn signed(request: &PresignedRequest, start: DateTime<Utc>, lasts: Duration) -> SignedRequest {
    let headers = request
        .headers()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    SignedRequest { url: request.uri().to_owned(), headers, expires_at: start + lasts }
}
