//! Bytes on their way in: written to a file of their own, counted and digested as they come.
//!
//! What it keeps true: nothing arrives longer than announced or allowed; a digest the client named is checked
//! before the object exists; an upload that stalls or breaks off leaves no file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::StreamExt as _;
use md5::{Digest as _, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::dto::{Checksum, PutObjectInput, StreamingBlob, UploadPartInput};
use s3s::{S3Error, S3Result, TrailingHeaders, s3_error};
use tokio::io::AsyncWriteExt as _;

/// The longest single object, as S3 has it for one PUT: 5 GiB.
const LONGEST: u64 = 5 * 1024 * 1024 * 1024;
/// How long a client may send nothing.
const STALLED: Duration = Duration::from_secs(30);

/// A file in `incoming`, removed again unless it was moved into place.
pub(super) struct Arrived {
    path: PathBuf,
    /// Bytes counted, not announced.
    pub byte_size: u64,
    /// MD5 in hex.
    pub etag: String,
}

impl Arrived {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Arrived {
    fn drop(&mut self) {
        // Gone already when the object was committed.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The digests a client named, in base64, before (header) or after (trailer) the bytes.
pub(super) struct Claimed {
    md5: Option<String>,
    sums: Checksum,
    trailers: Option<TrailingHeaders>,
    announced: Option<u64>,
}

/// What a request says about its body; every request with a body has the same fields.
macro_rules! said_by {
    ($input:expr, $trailers:expr) => {
        Claimed {
            md5: $input.content_md5.clone(),
            sums: Checksum {
                checksum_crc32: $input.checksum_crc32.clone(),
                checksum_crc32c: $input.checksum_crc32c.clone(),
                checksum_crc64nvme: $input.checksum_crc64nvme.clone(),
                checksum_sha1: $input.checksum_sha1.clone(),
                checksum_sha256: $input.checksum_sha256.clone(),
                ..Checksum::default()
            },
            trailers: $trailers,
            announced: $input.content_length.and_then(|length| u64::try_from(length).ok()),
        }
    };
}

impl Claimed {
    /// What `input` says about its body. `trailer_names` is the header `x-amz-trailer`.
    pub(super) fn of(
        input: &PutObjectInput,
        trailer_names: Option<&str>,
        trailers: Option<TrailingHeaders>,
    ) -> Claimed {
        said_by!(input, trailers).with_trailers(trailer_names)
    }

    /// The same of one part.
    pub(super) fn of_part(
        input: &UploadPartInput,
        trailer_names: Option<&str>,
        trailers: Option<TrailingHeaders>,
    ) -> Claimed {
        said_by!(input, trailers).with_trailers(trailer_names)
    }

    fn with_trailers(mut self, names: Option<&str>) -> Claimed {
        for name in names.unwrap_or_default().split(',') {
            if let Some(slot) = slot(&mut self.sums, name.trim()) {
                // The value is not known yet; an empty one makes the digest be computed.
                slot.get_or_insert_default();
            }
        }
        self
    }

    fn hasher(&self) -> ChecksumHasher {
        ChecksumHasher {
            crc32: self.sums.checksum_crc32.as_ref().map(|_| Crc32::new()),
            crc32c: self.sums.checksum_crc32c.as_ref().map(|_| Crc32c::new()),
            sha1: self.sums.checksum_sha1.as_ref().map(|_| Sha1::new()),
            sha256: self.sums.checksum_sha256.as_ref().map(|_| Sha256::new()),
            crc64nvme: self.sums.checksum_crc64nvme.as_ref().map(|_| Crc64Nvme::new()),
        }
    }

    fn check(mut self, received: u64, md5: &[u8], computed: &Checksum) -> S3Result<()> {
        for (name, value) in self.trailers.take().and_then(|trailers| trailers.take()).iter().flatten() {
            if let (Some(slot), Ok(value)) = (slot(&mut self.sums, name.as_str()), value.to_str()) {
                *slot = Some(value.to_owned());
            }
        }
        if self.announced.is_some_and(|announced| announced != received) {
            return Err(s3_error!(IncompleteBody, "{received} bytes came, not the number announced"));
        }
        let same = self.md5.is_none_or(|claimed| claimed == BASE64.encode(md5))
            && self.sums.checksum_crc32 == computed.checksum_crc32
            && self.sums.checksum_crc32c == computed.checksum_crc32c
            && self.sums.checksum_crc64nvme == computed.checksum_crc64nvme
            && self.sums.checksum_sha1 == computed.checksum_sha1
            && self.sums.checksum_sha256 == computed.checksum_sha256;
        if same {
            Ok(())
        } else {
            Err(s3_error!(BadDigest, "the bytes do not match the digest sent with them"))
        }
    }
}

fn slot<'a>(sums: &'a mut Checksum, header: &str) -> Option<&'a mut Option<String>> {
    match header.to_ascii_lowercase().as_str() {
        "x-amz-checksum-crc32" => Some(&mut sums.checksum_crc32),
        "x-amz-checksum-crc32c" => Some(&mut sums.checksum_crc32c),
        "x-amz-checksum-crc64nvme" => Some(&mut sums.checksum_crc64nvme),
        "x-amz-checksum-sha1" => Some(&mut sums.checksum_sha1),
        "x-amz-checksum-sha256" => Some(&mut sums.checksum_sha256),
        _ => None,
    }
}

/// Writes `body` to `path`, flushed to the disk, and checks what was claimed about it.
pub(super) async fn receive(path: PathBuf, body: StreamingBlob, claimed: Claimed) -> S3Result<Arrived> {
    if claimed.announced.is_some_and(|announced| announced > LONGEST) {
        return Err(too_long());
    }
    let mut file = tokio::fs::File::create(&path).await.map_err(S3Error::internal_error)?;
    let mut arrived = Arrived { path, byte_size: 0, etag: String::new() };
    let (mut md5, mut hasher, mut body) = (Md5::new(), claimed.hasher(), body);
    while let Some(piece) = next_piece(&mut body).await? {
        arrived.byte_size += piece.len() as u64;
        if arrived.byte_size > LONGEST {
            return Err(too_long());
        }
        md5.update(&piece);
        hasher.update(&piece);
        file.write_all(&piece).await.map_err(S3Error::internal_error)?;
    }
    file.flush().await.map_err(S3Error::internal_error)?;
    let md5 = md5.finalize();
    claimed.check(arrived.byte_size, &md5, &hasher.finalize())?;
    file.sync_all().await.map_err(S3Error::internal_error)?;
    arrived.etag = hex::encode(md5);
    Ok(arrived)
}

async fn next_piece(body: &mut StreamingBlob) -> S3Result<Option<bytes::Bytes>> {
    match tokio::time::timeout(STALLED, body.next()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(piece))) => Ok(Some(piece)),
        // The signature layer reports a wrong digest or chunk signature through the stream.
        Ok(Some(Err(error))) => Err(s3_error!(IncompleteBody, "the body was refused or broke off: {error}")),
        Err(_) => Err(s3_error!(RequestTimeout, "nothing came for {} seconds", STALLED.as_secs())),
    }
}

fn too_long() -> S3Error {
    s3_error!(EntityTooLarge, "one object may have {LONGEST} bytes at most")
}
