//! A round trip through the bucket: everything the product ever does there, done once with a few bytes.
//!
//! Kept true: each failure is one sentence that says what does not work, what people would see, and what to set; each
//! call ends within five seconds; what was stored is removed whatever happened before (should this process die, the
//! sweeps of the media room find it). All of it lies under a name of its own and touches nothing else.
//! Not here: how much lies there and whose it is (`media::actions::take_stock`).

use std::time::Duration;

use bytes::Bytes;
use media_store::{
    BrowserAnswer, Disposition, MediaStore, SignedRequest, Upload, get_as_browser, preflight_put,
    put_as_browser,
};

use crate::app::App;
use crate::kernel::Instant;

use super::cors;
use super::steps::{
    ABORT, ASKED, BEGIN, COPY, DELETE, HEAD, LINKED, LIST, PUT, READ, SHOWN, SHUT, UNFINISHED,
};

/// What is stored.
const BYTES: &[u8] = b"the doctor was here";
const TYPE: &str = "text/plain";
const CACHING: &str = "no-store";
/// How long the signed link lasts.
const LINK: Duration = Duration::from_secs(300);

/// What was found out; none = it works.
#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    /// Storing, looking, reading, copying, listing, removing.
    pub(super) files: Option<String>,
    /// Large files.
    pub(super) parts: Option<String>,
    /// What an app sends and reads by itself, and what nobody reads.
    pub(super) links: Option<String>,
    /// What a page may send.
    pub(super) browsers: Option<String>,
}

/// Where the bytes of one round trip lie.
struct Place {
    folder: String,
    one: String,
    copy: String,
    sent: String,
    parts: String,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = format!("m/doctor/{name}/");
        let below = |what: &str| format!("{folder}{what}");
        let (one, copy, sent) = (below("one"), below("copy"), below("sent"));
        Self { folder, one, copy, sent, parts: format!("q/doctor/{name}/parts") }
    }
}

impl RoundTrip {
    /// Does everything once and tidies up. Gives the store's time too, as far as it is known.
    pub(super) async fn made(app: &App) -> (Self, Instant) {
        let place = Place::new(&app.entropy.id(app.now()).simple().to_string());
        let store = &app.media;
        let files = Box::pin(files(store, &place)).await.err();
        let parts = Box::pin(parts(store, &place)).await.err();
        let now = time(app, &place).await;
        let (links, browsers) = Box::pin(links(app, &place, now)).await;
        let links = links.or(Box::pin(shown(app, &place, now)).await.err());
        let left = forget(store, &place).await.err();
        (Self { files: files.or(left), parts, links, browsers }, now)
    }
}

async fn files(store: &MediaStore, Place { folder, one, copy, .. }: &Place) -> Result<(), String> {
    PUT.made(store.put(one, Bytes::from_static(BYTES), TYPE, CACHING)).await?;
    let head = HEAD.made(store.head(one)).await?;
    HEAD.holds(head.byte_size == BYTES.len() as u64, "it has another length than what was stored")?;
    let piece = READ.made(store.read_range(one, 4, 6)).await?;
    READ.holds(piece.as_ref() == b"doctor", "other bytes came than were asked for")?;
    COPY.made(store.promote(one, copy, TYPE, CACHING)).await?;
    let copied = COPY.made(store.read_range(copy, 0, 100)).await?;
    COPY.holds(copied.as_ref() == BYTES, "the copy has other bytes")?;
    let listed = LIST.made(store.list_after(folder, copy)).await?;
    let keys: Vec<&str> = listed.iter().map(|object| object.key.as_str()).collect();
    LIST.holds(keys == [one.as_str()], "the list shows other objects than are there")
}

async fn parts(store: &MediaStore, Place { parts, .. }: &Place) -> Result<(), String> {
    let begun = BEGIN.made(store.begin_parts(parts, TYPE)).await?;
    let listed = UNFINISHED.made(store.unfinished(parts)).await;
    ABORT.made(store.give_up_parts(parts, &begun)).await?;
    let is_listed = listed?.iter().any(|upload| upload.upload_id == begun);
    UNFINISHED.holds(is_listed, "an upload that was begun is not listed")
}

/// Sends a file as an app does, and asks as a page does. The two are told apart: a phone needs no CORS.
async fn links(app: &App, place: &Place, now: Instant) -> (Option<String>, Option<String>) {
    let byte_size = BYTES.len() as u64;
    let upload = Upload { key: &place.sent, content_type: TYPE, byte_size, sha256: None };
    let link = match LINKED.made(app.media.presign_put(upload, LINK, now)).await {
        Ok(link) => link,
        Err(sentence) => return (Some(sentence), None),
    };
    let origin = cors::origin(&app.settings.public_url);
    let sent = LINKED.made(put_as_browser(&link, Bytes::from_static(BYTES), &origin)).await;
    let asked = ASKED.made(preflight_put(&link.url, &origin)).await;
    let shown = sent.as_ref().ok().filter(|answer| answer.is_success());
    let browsers = asked.map_or_else(Some, |asked| cors::wrong(&origin, &asked, shown));
    let links = match sent {
        Ok(answer) => arrived(&app.media, &link, place, &answer).await.err(),
        Err(sentence) => Some(sentence),
    };
    (links, browsers)
}

/// Reads as a player does. A network before the bucket must let pages read too, and nobody without a token; whether the
/// bucket itself is shut is the store's business, and several for developers never are.
async fn shown(app: &App, place: &Place, now: Instant) -> Result<(), String> {
    let origin = cors::origin(&app.settings.public_url);
    let link = app.media.presign_get(&place.one, &Disposition::Inline, TYPE, LINK, now);
    let link = SHOWN.made(link).await?;
    let answer = SHOWN.made(get_as_browser(&link.url, &origin)).await?;
    let said = format!("{}: {}", answer.status, answer.text.split_whitespace().collect::<Vec<_>>().join(" "));
    SHOWN.holds(answer.is_success() && answer.text.as_bytes() == BYTES, &said)?;
    if app.settings.s3.as_ref().is_none_or(|s3| s3.cdn.is_none()) {
        return Ok(());
    }
    let is_open_to_pages = answer.allows("access-control-allow-origin", &origin);
    SHOWN.holds(is_open_to_pages, "pages of other origins may not read the answer")?;
    let bare = link.url.split('?').next().unwrap_or(&link.url);
    let stranger = SHUT.made(get_as_browser(bare, &origin)).await?;
    SHUT.holds(!stranger.is_success(), "an object was given without a token")
}

async fn arrived(
    store: &MediaStore,
    link: &SignedRequest,
    place: &Place,
    answer: &BrowserAnswer,
) -> Result<(), String> {
    let names: Vec<&str> = link.headers.iter().map(|(name, _)| name.as_str()).collect();
    let said = answer.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let refused = format!("{} to the signed headers {}: {said}", answer.status, names.join(", "));
    LINKED.holds(answer.is_success(), &refused)?;
    let head = LINKED.made(store.head(&place.sent)).await?;
    LINKED.holds(head.content_type.as_deref() == Some(TYPE), "the file arrived with another type")
}

/// The embedded store goes by the sandbox's clock, which may have been moved in the process that runs it.
async fn time(app: &App, place: &Place) -> Instant {
    if app.settings.s3.is_some() {
        return app.now();
    }
    let head = HEAD.made(app.media.head(&place.one)).await.ok();
    head.and_then(|head| head.last_modified).map_or(app.now(), |stored| stored.max(app.now()))
}

/// Removes everything; the rest too where one cannot be removed.
async fn forget(store: &MediaStore, Place { folder, one, copy, sent, parts }: &Place) -> Result<(), String> {
    let mut outcome = Ok(());
    for upload in UNFINISHED.made(store.unfinished(parts)).await.unwrap_or_default() {
        outcome = outcome.and(ABORT.made(store.give_up_parts(&upload.key, &upload.upload_id)).await);
    }
    for key in [one, copy, sent] {
        outcome = outcome.and(DELETE.made(store.delete(key)).await);
    }
    let left = LIST.made(store.list(folder, 1)).await.unwrap_or_default();
    outcome.and(DELETE.holds(left.is_empty(), "a removed object is still there"))
}
