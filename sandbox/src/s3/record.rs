//! What is written down about one object beside its bytes.
//!
//! One JSON file per object; the file is the truth and its rename the commit. Its name is the SHA-256 of the
//! key, so a key of any shape, `../` included, never reaches the file system.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One object of the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Its key, up to 1,024 bytes.
    pub key: String,
    /// The name of the file with its bytes; belongs to this record alone.
    pub blob: String,
    /// Length in bytes.
    pub byte_size: u64,
    /// The version mark without quotes: MD5 of the bytes in hex, as S3 does for single uploads.
    pub etag: String,
    /// When it was stored, by the sandbox's clock.
    pub stored_at: DateTime<Utc>,
    /// What a reader is told about the bytes.
    #[serde(flatten)]
    pub headers: StoredHeaders,
}

/// Headers that came with an object and are given back with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredHeaders {
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    /// `x-amz-meta-*`, without the prefix.
    pub metadata: BTreeMap<String, String>,
}

/// The headers that a request wants kept; every request that makes an object has the same fields.
macro_rules! stored_headers {
    ($input:expr) => {
        $crate::s3::record::StoredHeaders {
            content_type: $input.content_type,
            cache_control: $input.cache_control,
            content_disposition: $input.content_disposition,
            content_encoding: $input.content_encoding,
            content_language: $input.content_language,
            metadata: $input.metadata.into_iter().flatten().collect(),
        }
    };
}

pub(super) use stored_headers;

/// The file name, without ending, of the record of `key`.
pub(super) fn record_name(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}
