//! Subtitles of a film or a recording, and what people say about a file: its title, its chapters, its words for who does
//! not see it.

use crate::app::App;
use crate::events::Event;
use crate::identity::model as identity;
use crate::kernel::text::{self, Checks};
use crate::kernel::{AssetId, Denied, Refusal, Result, Viewer};
use crate::media::chapters;
use crate::media::model::{Asset, CaptionTrack, Chapter, Kind, State, topic};
use crate::media::refusals::MediaRefusal;
use crate::media::store::{self, NewTrack};

use super::proofs::{changeable, ready_asset};

/// More languages than any course has.
const MOST_TRACKS: usize = 50;

/// Subtitles in one language.
#[derive(Clone, Debug)]
pub struct Captions {
    /// BCP 47.
    pub language: String,
    /// As people see it in a menu.
    pub label: String,
    /// The file they are in, READY.
    pub file: AssetId,
}

/// Gives a film or a recording subtitles; those of the same language make way for them. Needs MEDIA.
pub async fn add_captions(app: &App, viewer: &Viewer, id: AssetId, new: Captions) -> Result<CaptionTrack> {
    // A portrait has no studio, and nobody hears it.
    let creator = changeable(app, viewer, id).await?.creator.ok_or(Denied::NotFound)?;
    let mut checks = Checks::default();
    let language = checks.take(&["input", "language"], identity::language(&new.language));
    let label = checks.take(&["input", "label"], text::line("A label", &new.label, 60));
    checks.done()?;
    let (Some(language), Some(label)) = (language, label) else { return Err(Denied::NotFound.into()) };
    let mut tx = app.begin().await?;
    let asset = store::locked(&tx, id).await?.ok_or(Denied::NotFound)?;
    if !matches!(asset.kind, Kind::Video | Kind::Audio) {
        return Err(MediaRefusal::NoCaptionsHere.at(["assetId"]).into());
    }
    let path = ["input", "assetId"];
    let file = ready_asset(tx.conn(), creator, new.file, &[Kind::Captions], &path).await?;
    let there = store::tracks(tx.conn(), &[id]).await?.remove(&id).unwrap_or_default();
    if there.len() >= MOST_TRACKS && there.iter().all(|track| track.language != language) {
        return Err(MediaRefusal::TooManyTracks(MOST_TRACKS).at(["assetId"]).into());
    }
    let track = store::put_track(&tx, NewTrack { asset: id, file: file.asset.id, language, label }).await?;
    tx.record(Event::new("asset.captioned", id).of_creator(creator).of_user(viewer.user_id));
    tx.commit().await?;
    Ok(track)
}

/// What a team says about a file.
#[derive(Clone, Debug, Default)]
pub struct AssetChange {
    /// What a picture shows, in words.
    pub alt_text: Option<String>,
    /// As the team calls it.
    pub title: Option<String>,
    /// Of a film or a recording: these and no others.
    pub chapters: Option<Vec<Chapter>>,
}

/// Changes what is said about a file. Needs MEDIA, or to be the owner of a portrait.
pub async fn update_asset(app: &App, viewer: &Viewer, id: AssetId, change: AssetChange) -> Result<Asset> {
    let seen = changeable(app, viewer, id).await?;
    let mut checks = Checks::default();
    let alt_text = change
        .alt_text
        .map(|said| checks.take(&["input", "altText"], at_most("An alternative text", &said, 500)));
    let title = change.title.map(|said| checks.take(&["input", "title"], at_most("A title", &said, 200)));
    let chapters = change.chapters.map(|given| written(&seen, given, &mut checks));
    checks.done()?;
    let mut tx = app.begin().await?;
    if let Some(chapters) = chapters {
        store::locked(&tx, id).await?.ok_or(Denied::NotFound)?;
        store::put_chapters(&tx, id, chapters).await?;
    }
    store::describe(&tx, id, alt_text.flatten(), title.flatten()).await?;
    tx.record(
        seen.creator
            .into_iter()
            .fold(Event::new("asset.described", id).of_user(viewer.user_id), Event::of_creator),
    );
    tx.wake(topic(id));
    tx.commit().await?;
    Ok(store::asset(app.db.read(), id).await?.ok_or(Denied::NotFound)?)
}

/// Chapters of a READY film or recording: only then is it known how long it plays.
fn written(asset: &Asset, given: Vec<Chapter>, checks: &mut Checks) -> Vec<Chapter> {
    let path = ["input", "chapters"];
    let refusal = match asset.kind {
        Kind::Video | Kind::Audio if asset.state == State::Ready => None,
        Kind::Video | Kind::Audio => Some(MediaRefusal::NotReady),
        _ => Some(MediaRefusal::NoChaptersHere),
    };
    if let Some(refusal) = refusal {
        checks.add(refusal.at(path));
        return Vec::new();
    }
    chapters::checked(given, asset.duration_seconds, &path, checks)
}

/// Words of one line, or none at all.
fn at_most(what: &'static str, said: &str, most: usize) -> std::result::Result<String, text::TextRefusal> {
    if said.trim().is_empty() { Ok(String::new()) } else { text::line(what, said, most) }
}
