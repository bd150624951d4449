//! Whether a file is what was promised: its length, its SHA-256, its first bytes, what its container says. Reads, never
//! writes. Pictures are another matter (`pictures`): they are made anew.

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::app::App;
use crate::kernel::{Fault, Result};
use crate::media::accepted::{self, Accepted};
use crate::media::model::{Asset, Failure, Kind};
use crate::media::refusals::MediaRefusal;
use crate::media::store::Verified;
use crate::media::{captions, mp4, pdf, sniff};

use super::store_failed;

/// Whose pages are counted.
const PDF: &str = "application/pdf";

/// The outcome: facts, or a lie and what to call it.
pub type Verdict = std::result::Result<Verified, (MediaRefusal, Failure)>;

/// Examines the object at `key`, which nobody but us can write.
pub async fn examine(app: &App, asset: &Asset, key: &str) -> Result<Verdict> {
    let promised = accepted::named(&asset.content_type)
        .ok_or_else(|| Fault::new("examining a file", format!("{} is not accepted", asset.content_type)))?;
    let head = read(app, key, 0, sniff::HEAD_BYTES).await?;
    if let Err(lie) = sniff::check(promised, &head) {
        return Ok(Err((lie, Failure::Unsupported)));
    }
    let (sha256, length) =
        app.media.sha256(key).await.map_err(|error| store_failed("hashing a file", error))?;
    if i64::try_from(length) != Ok(asset.byte_size) {
        return Ok(Err(size_differs(asset, length)));
    }
    if asset.sha256.as_ref().is_some_and(|promised| *promised != sha256) {
        return Ok(Err((MediaRefusal::HashDiffers, Failure::Corrupt)));
    }
    let mut verified = Verified { sha256, ..Verified::default() };
    match promised.kind {
        Kind::Captions => {
            let text = read(app, key, 0, length).await?;
            if let Err(lie) = captions::check(&text) {
                return Ok(Err((lie, Failure::Unsupported)));
            }
        }
        Kind::Video | Kind::Audio if is_mp4(promised) => {
            let facts = container(app, key, length).await?;
            verified.duration_seconds = facts.duration_seconds;
            verified.size = facts.size.filter(|_| promised.kind == Kind::Video);
        }
        Kind::Document if promised.content_type == PDF => {
            verified.pages = pdf::count(&Stored { app, key }, length).await?;
        }
        _ => {}
    }
    Ok(Ok(verified))
}

/// More or fewer bytes than promised.
pub fn size_differs(asset: &Asset, arrived: u64) -> (MediaRefusal, Failure) {
    (MediaRefusal::SizeDiffers { promised: asset.byte_size, arrived }, Failure::Corrupt)
}

fn is_mp4(promised: &Accepted) -> bool {
    matches!(promised.content_type, "video/mp4" | "video/quicktime" | "audio/mp4")
}

async fn read(app: &App, key: &str, from: u64, length: u64) -> Result<Bytes> {
    app.media.read_range(key, from, length).await.map_err(|error| store_failed("reading a file", error))
}

/// An object, read in places.
struct Stored<'o> {
    app: &'o App,
    key: &'o str,
}

impl pdf::Source for Stored<'_> {
    fn read(&self, from: u64, length: u64) -> BoxFuture<'_, Result<Bytes>> {
        Box::pin(read(self.app, self.key, from, length))
    }
}

/// Hops from box to box to `moov`, wherever it is; a few small reads, whatever the file's length.
async fn container(app: &App, key: &str, length: u64) -> Result<mp4::Facts> {
    let mut at = 0;
    for _ in 0..mp4::MOST_BOXES {
        let Some(header) = mp4::header(&read(app, key, at, mp4::BOX_HEADER).await?) else { break };
        let bytes = header.bytes.unwrap_or(length.saturating_sub(at));
        if &header.name == b"moov" {
            let inner = bytes.saturating_sub(header.header_bytes).min(mp4::MOST_HEADER_BYTES);
            return Ok(mp4::facts(&read(app, key, at + header.header_bytes, inner).await?));
        }
        at = match at.checked_add(bytes) {
            Some(next) if next < length => next,
            _ => break,
        };
    }
    Ok(mp4::Facts::default())
}
