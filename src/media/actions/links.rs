//! Short-lived links: to public pictures and trailers for anybody, to lessons for who was given a grant.
//!
//! Signing sends nothing. Links are equal inside a window of five minutes, so that caches of browsers are hit; what
//! lies behind one never changes. The browser is told our type for the bytes, whatever was stored.

use std::time::Duration;

use media_store::{Disposition, SignedRequest};

use crate::app::App;
use crate::kernel::{Fault, GrantId, Instant, LessonId, Refusal, Result, UserId};
use crate::media::model::{Asset, Kind, key_of_size, playback_lifetime};
use crate::media::refusals::MediaRefusal;
use crate::media::store;

use super::store_failed;

/// How long a link to a public picture lasts.
const PUBLIC: Duration = Duration::from_secs(24 * 3600);
/// The part of a link's life after which a client should ask for the next, in percent.
const RENEW_AFTER_PERCENT: i32 = 80;

/// A short permission to play.
#[derive(Clone, Debug)]
pub struct Playback {
    /// Key.
    pub id: GrantId,
    /// Understands ranges. A secret while it lasts.
    pub url: String,
    /// When the store stops accepting it.
    pub expires_at: Instant,
    /// When to ask for the next.
    pub renew_after: Instant,
}

/// Lets somebody play a READY asset for a while, never beyond `until`. The caller has decided that they may.
pub async fn grant_playback(
    app: &App,
    user: Option<UserId>,
    asset: &Asset,
    lesson: Option<LessonId>,
    until: Option<Instant>,
) -> Result<Playback> {
    grant(app, user, asset, lesson, until, &in_place(asset)).await
}

/// Lets somebody save a READY asset under its name.
pub async fn grant_download(
    app: &App,
    user: Option<UserId>,
    asset: &Asset,
    lesson: Option<LessonId>,
    until: Option<Instant>,
) -> Result<Playback> {
    let saved = Disposition::Attachment { filename: asset.saved_name() };
    grant(app, user, asset, lesson, until, &saved).await
}

async fn grant(
    app: &App,
    user: Option<UserId>,
    asset: &Asset,
    lesson: Option<LessonId>,
    until: Option<Instant>,
    disposition: &Disposition,
) -> Result<Playback> {
    let now = app.now();
    let mut lifetime = playback_lifetime(asset.duration_seconds);
    if let Some(until) = until {
        lifetime = lifetime.min(until - now);
    }
    let lasts = lifetime.to_std().map_err(|_| Fault::new("granting playback", "the right has ended"))?;
    let signed = sign(app, asset, disposition, lasts).await?;
    let expires_at = now + lifetime;
    let tx = app.begin().await?;
    let id = store::insert_grant(&tx, user, asset.id, lesson, expires_at).await?;
    tx.commit().await?;
    let renew_after = now + lifetime * RENEW_AFTER_PERCENT / 100;
    Ok(Playback { id, url: signed.url, expires_at, renew_after })
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
