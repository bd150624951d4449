//! Short-lived links: to public pictures and trailers for anybody, to lessons for who was given a grant.
//!
//! Signing sends nothing. Links are equal inside a window of five minutes, so that caches of browsers are hit; what
//! lies behind one never changes. The browser is told our type for the bytes, whatever was stored.

use std::time::Duration;

use media_store::{Disposition, SignedRequest};

use crate::app::App;
use crate::kernel::{Fault, GrantId, Instant, Refusal, Result};
use crate::media::model::{Asset, CaptionTrack, Kind, key_of_size, playback_lifetime};
use crate::media::refusals::MediaRefusal;
use crate::media::rendition::{Rendition, RenditionKind};
use crate::media::store::{self, EndedBy, Grant, GrantUse, Grantee};

use super::devices::make_room;
use super::{store_failed, streams};

/// How long a link to a public picture lasts.
const PUBLIC: Duration = Duration::from_secs(24 * 3600);
/// The part of a link's life after which a client should ask for the next, in percent.
const RENEW_AFTER_PERCENT: i32 = 80;

/// How a player reads what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// One file, read by ranges.
    Progressive,
    /// Playlists, read again whenever a player likes.
    Hls,
}

/// A short permission to play.
#[derive(Clone, Debug)]
pub struct Playback {
    /// Key.
    pub id: GrantId,
    /// A playlist, or a file that understands ranges. A secret while it lasts.
    pub url: String,
    /// Which of both.
    pub protocol: Protocol,
    /// Where the preview's cues are.
    pub storyboard_url: Option<String>,
    /// Subtitles, each with its file's address.
    pub captions: Vec<(CaptionTrack, String)>,
    /// When it ends.
    pub expires_at: Instant,
    /// When to ask for the next.
    pub renew_after: Instant,
}

/// Lets somebody play a READY asset for a while, never beyond `until`. The caller has decided that they may. On the
/// device that has been playing longest it ends, if there are too many.
pub async fn grant_playback(
    app: &App,
    to: Grantee,
    asset: &Asset,
    until: Option<Instant>,
) -> Result<Playback> {
    let given = Given::of(app, asset, until, &in_place(asset)).await?;
    let tx = app.begin().await?;
    if let (Some(user), Some(session)) = (to.user, to.session) {
        make_room(&tx, user, session, app.settings.playback_devices).await?;
    }
    let id = store::insert_grant(&tx, to, asset.id, GrantUse::Play, given.expires_at).await?;
    tx.commit().await?;
    Ok(given.playback(app, id))
}

/// Lets a permission last longer, under the same address where it is a playlist's. The caller has decided anew.
pub async fn renew_playback(
    app: &App,
    grant: &Grant,
    asset: &Asset,
    until: Option<Instant>,
) -> Result<Playback> {
    let given = Given::of(app, asset, until, &in_place(asset)).await?;
    let tx = app.begin().await?;
    store::extend_grant(&tx, grant.id, given.expires_at).await?;
    tx.commit().await?;
    Ok(given.playback(app, grant.id))
}

/// Takes a permission back, because the right behind it is gone.
pub async fn end_playback(app: &App, grant: &Grant) -> Result<()> {
    let tx = app.begin().await?;
    store::end_grants(&tx, &[grant.id], EndedBy::Right).await?;
    tx.commit().await
}

/// Lets somebody save a READY asset under its name.
pub async fn grant_download(
    app: &App,
    to: Grantee,
    asset: &Asset,
    until: Option<Instant>,
) -> Result<Playback> {
    let saved = Disposition::Attachment { filename: asset.saved_name() };
    let expires_at = app.now() + lifetime(app, asset, until);
    let url = sign(app, asset, &saved, lasting(expires_at - app.now())?).await?.url;
    let given = Given { signed: Some(url), has_storyboard: false, captions: Vec::new(), expires_at };
    let tx = app.begin().await?;
    let id = store::insert_grant(&tx, to, asset.id, GrantUse::Save, expires_at).await?;
    tx.commit().await?;
    Ok(given.playback(app, id))
}

/// What a permission is good for, before it has a name.
struct Given {
    /// The original's address, where nothing was made of it.
    signed: Option<String>,
    has_storyboard: bool,
    captions: Vec<(CaptionTrack, String)>,
    expires_at: Instant,
}

impl Given {
    async fn of(app: &App, asset: &Asset, until: Option<Instant>, shown: &Disposition) -> Result<Self> {
        let lifetime = lifetime(app, asset, until);
        let lasts = lasting(lifetime)?;
        let made = store::renditions(app.db.read(), asset.id).await?;
        let is_streamed = made.iter().any(Rendition::is_stream);
        let signed = if is_streamed { None } else { Some(sign(app, asset, shown, lasts).await?.url) };
        let has_storyboard = made.iter().any(|one| one.kind == RenditionKind::Storyboard);
        let expires_at = app.now() + lifetime;
        let captions = captions(app, asset, expires_at).await?;
        Ok(Self { signed, has_storyboard, captions, expires_at })
    }

    fn playback(self, app: &App, id: GrantId) -> Playback {
        let now = app.now();
        let renew_after = now + (self.expires_at - now) * RENEW_AFTER_PERCENT / 100;
        let protocol = if self.signed.is_some() { Protocol::Progressive } else { Protocol::Hls };
        let stream = |file| streams::address(app, id, file);
        Playback {
            id,
            url: self.signed.unwrap_or_else(|| stream(streams::INDEX)),
            protocol,
            captions: self.captions,
            storyboard_url: self.has_storyboard.then(|| stream(streams::STORYBOARD)),
            expires_at: self.expires_at,
            renew_after,
        }
    }
}

/// Subtitles, with addresses that last as long as the permission.
async fn captions(app: &App, asset: &Asset, until: Instant) -> Result<Vec<(CaptionTrack, String)>> {
    let mut captions = Vec::new();
    if !matches!(asset.kind, Kind::Video | Kind::Audio) {
        return Ok(captions);
    }
    for (track, file) in store::track_files(app.db.read(), asset.id).await? {
        if let Some(key) = file.ready_key() {
            let url = streams::signed_key(app, key, &file.content_type, until).await?;
            captions.push((track, url));
        }
    }
    Ok(captions)
}

fn lifetime(app: &App, asset: &Asset, until: Option<Instant>) -> chrono::Duration {
    let sitting = playback_lifetime(asset.duration_seconds);
    until.map_or(sitting, |until| sitting.min(until - app.now()))
}

fn lasting(lifetime: chrono::Duration) -> Result<Duration> {
    Ok(lifetime.to_std().map_err(|_| Fault::new("granting playback", "the right has ended"))?)
}

/// A film's poster, as a picture: what was made of it is as public as the caller has decided that the film is.
pub fn poster(film: &Asset, made: &Rendition) -> Asset {
    Asset {
        kind: Kind::Image,
        content_type: made.content_type.clone(),
        object_key: Some(made.object_key.clone()),
        byte_size: made.byte_size,
        width: made.width,
        height: made.height,
        duration_seconds: None,
        page_count: None,
        document_problem: None,
        thumbhash: None,
        ..film.clone()
    }
}

/// The address of a public picture, `columns` pixels wide or a little more if it is kept in such a size.
pub async fn image_link(app: &App, asset: &Asset, columns: Option<u32>) -> Result<String> {
    let key = ready(asset)?;
    let own = asset.width.and_then(|width| u32::try_from(width).ok());
    let smaller = match (columns, own) {
        (Some(wanted), Some(own)) if asset.thumbhash.is_some() => pictures::snapped(wanted, own),
        _ => None,
    };
    let key = smaller.map_or_else(|| key.to_owned(), |width| key_of_size(key, width));
    Ok(signed(app, &key, asset, &Disposition::Inline, PUBLIC).await?.url)
}

/// The address of a course's trailer: open to all, as long as a sitting.
pub async fn trailer_link(app: &App, asset: &Asset) -> Result<String> {
    let lasts = playback_lifetime(asset.duration_seconds).to_std().unwrap_or(PUBLIC);
    Ok(sign(app, asset, &Disposition::Inline, lasts).await?.url)
}

/// What a browser may show is shown; everything else is saved, never run.
fn in_place(asset: &Asset) -> Disposition {
    match asset.kind {
        Kind::Image | Kind::Video | Kind::Audio | Kind::Captions => Disposition::Inline,
        Kind::Document if asset.content_type == "application/pdf" => Disposition::Inline,
        Kind::Document | Kind::Archive => Disposition::Attachment { filename: asset.saved_name() },
    }
}

fn ready(asset: &Asset) -> Result<&str> {
    Ok(asset.ready_key().ok_or_else(|| MediaRefusal::NotReady.at(["input"]))?)
}

async fn sign(app: &App, asset: &Asset, disposition: &Disposition, lasts: Duration) -> Result<SignedRequest> {
    signed(app, ready(asset)?, asset, disposition, lasts).await
}

async fn signed(
    app: &App,
    key: &str,
    asset: &Asset,
    disposition: &Disposition,
    lasts: Duration,
) -> Result<SignedRequest> {
    let signed = app.media.presign_get(key, disposition, &asset.content_type, lasts, app.now()).await;
    signed.map_err(|error| store_failed("signing a link", error))
}
