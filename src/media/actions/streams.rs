//! The playlists of one permission to play, at addresses that players can read without sending headers.
//!
//! An address holds the permission's id and our signature of it: it cannot be guessed, nothing of it is kept, and a
//! renewed permission has the same one. What a playlist names is signed for as long as the permission lasts, and the
//! same for all players inside five minutes. Who may still play is decided by the caller, each time.

use std::time::Duration;

use media_store::Disposition;
use uuid::Uuid;

use crate::app::App;
use crate::kernel::{GrantId, Instant, PublicId, Result};
use crate::keys::Purpose;
use crate::media::film::playlist::{ADDRESS, captions_file, captions_playlist, multivariant};
use crate::media::model::CaptionTrack;
use crate::media::rendition::{Rendition, RenditionKind};
use crate::media::store::{self, Grant};

use super::store_failed;

/// The list of all renditions.
pub(super) const INDEX: &str = "index.m3u8";
/// The preview's cues.
pub(super) const STORYBOARD: &str = "storyboard.vtt";
/// Signatures last for whole pieces of this many seconds, so that they are equal for a while.
const PIECE: i64 = 300;

/// One file below a permission's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamFile {
    /// For players (RFC 8216).
    Playlist(String),
    /// For previews (WebVTT).
    Cues(String),
}

/// The address of a file of a permission.
pub(super) fn address(app: &App, id: GrantId, file: &str) -> String {
    let id = id.uuid().simple().to_string();
    let signature = app.keys.sign(Purpose::Playback, id.as_bytes());
    app.link(&format!("/hls/{id}.{signature}/{file}"))
}

/// The permission behind the part of an address that we signed; none if we did not, or it was forgotten.
pub async fn grant_of_token(app: &App, token: &str) -> Result<Option<Grant>> {
    let Some((id, signature)) = token.split_once('.') else { return Ok(None) };
    if !app.keys.verifies(Purpose::Playback, id.as_bytes(), signature) {
        return Ok(None);
    }
    let Ok(id) = Uuid::try_parse(id) else { return Ok(None) };
    store::grant(app.db.read(), GrantId(id)).await
}

/// A file of a permission that stands; none if there is no such file. The caller has decided that they may.
pub async fn stream_file(app: &App, grant: &Grant, file: &str) -> Result<Option<StreamFile>> {
    let made = store::renditions(app.db.read(), grant.asset).await?;
    if file == INDEX {
        let captions = store::track_files(app.db.read(), grant.asset).await?;
        let captions: Vec<CaptionTrack> = captions.into_iter().map(|(track, _)| track).collect();
        let any = made.iter().any(Rendition::is_stream);
        return Ok(any.then(|| StreamFile::Playlist(multivariant(&made, &captions))));
    }
    if file.starts_with("captions-") {
        return subtitles(app, grant, &made, file).await;
    }
    let wanted = made.iter().find(|one| match one.kind {
        RenditionKind::Storyboard => file == STORYBOARD,
        RenditionKind::Poster => false,
        RenditionKind::Video | RenditionKind::Audio => file.strip_suffix(".m3u8") == Some(&one.name),
    });
    let Some((one, kept)) = wanted.and_then(|one| Some((one, one.playlist.as_deref()?))) else {
        return Ok(None);
    };
    let text = kept.replace(ADDRESS, &signed(app, one, grant.expires_at).await?);
    Ok(Some(if one.is_stream() { StreamFile::Playlist(text) } else { StreamFile::Cues(text) }))
}

/// The playlist of subtitles in one language.
async fn subtitles(app: &App, grant: &Grant, made: &[Rendition], file: &str) -> Result<Option<StreamFile>> {
    let tracks = store::track_files(app.db.read(), grant.asset).await?;
    let wanted = tracks.into_iter().find(|(track, _)| captions_file(&track.language) == file);
    let Some((_, words)) = wanted else { return Ok(None) };
    let Some(key) = words.ready_key() else { return Ok(None) };
    let longest = made.iter().filter_map(|one| one.duration_ms).max().unwrap_or_default();
    let address = signed_key(app, key, &words.content_type, grant.expires_at).await?;
    let text = captions_playlist(longest as f64 / 1000.0).replace(ADDRESS, &address);
    Ok(Some(StreamFile::Playlist(text)))
}

async fn signed(app: &App, made: &Rendition, until: Instant) -> Result<String> {
    signed_key(app, &made.object_key, &made.content_type, until).await
}

/// An object's address until then, the same for all inside five minutes.
pub(super) async fn signed_key(app: &App, key: &str, kind: &str, until: Instant) -> Result<String> {
    let now = app.now();
    let pieces = ((until - now).num_seconds().max(1) + PIECE - 1) / PIECE;
    let lasts = Duration::from_secs((pieces * PIECE).unsigned_abs());
    let link = app.media.presign_get(key, &Disposition::Inline, kind, lasts, now).await;
    Ok(link.map_err(|error| store_failed("signing a link", error))?.url)
}
