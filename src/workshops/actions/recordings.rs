//! What a recording of a room of ours has left in our bucket becomes a file of the studio, and what was recorded because a host
//! wanted it becomes the session's recording by itself, once the session is over and there is none yet.
//!
//! Only what lies below `rec/` and the session's id is taken in: a recording may also be made by whoever runs LiveKit, and
//! have been put anywhere; such a one becomes a file, and a host may set it. Beginning one is not here (`record`).

use livekit_gateway::webhook::Told;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{AssetId, Denied, Result, WorkshopSessionId, secret};
use crate::media::model::{Asset, Kind, State};
use crate::media::{actions as media, store as files};
use crate::queue::Job;

use super::super::model::{Recording, Session, SessionStatus};
use super::super::store;
use super::{locked, tell_replay};

/// A recording has to be taken in: payload `session`, `key`.
pub const IMPORT_RECORDING: &str = "workshops.import_recording";
/// The longest key that is looked at.
const LONGEST: usize = 300;

/// A recording is over: has its film taken in, once. Says whether one that was wanted has left its film.
pub(super) async fn take_in(tx: &mut Tx, session: &Session, told: &Told) -> Result<bool> {
    let id = session.id;
    let Some(egress) = told.recording.as_deref() else { return Ok(false) };
    let ours = Recording::folder(id);
    let films = told.recorded.iter().flat_map(|recorded| &recorded.files);
    let film = films.into_iter().find(|key| key.starts_with(&ours) && key.len() <= LONGEST);
    let keys: Vec<String> = film.into_iter().chain(&told.asked).cloned().collect();
    let known = store::told_recording(tx, id, egress, &keys).await?;
    let has_film = known.as_ref().is_some_and(|known| film == Some(&known.key));
    // One that was taken for lost may be told of later.
    let is_news = |known: &Recording| known.ended_at.is_none() || (has_film && !known.has_film);
    let known = known.filter(is_news);
    let has_come = has_film && known.is_some();
    if let Some(known) = known {
        if known.egress.is_none() {
            store::set_begun(tx, &known.key, egress).await?;
        }
        store::set_ended(tx, &known.key, has_film).await?;
        if !has_film {
            tx.record(Event::new("session.recording_lost", id).of_creator(session.creator));
        }
    }
    let Some(key) = film else {
        tracing::warn!(session = %id, egress, "a recording has ended and left nothing in rec/ and its session");
        return Ok(false);
    };
    let job = Job::new(IMPORT_RECORDING, json!({ "session": id.to_string(), "key": key }));
    tx.enqueue(job.once(format!("recording:{egress}")));
    Ok(has_come)
}

/// Makes a recording's film a file of the studio. Harmless when repeated.
pub async fn import_recording(app: &App, id: WorkshopSessionId, key: &str) -> Result<()> {
    let session = store::session(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let filename = format!("recording-{}.mp4", session.local_start.replace(':', "-"));
    let digest = secret::digest(&["recording", key]);
    let unique = digest.get(..32).and_then(|hex| Uuid::parse_str(hex).ok()).unwrap_or_default();
    let recorded = Event::new("session.recorded", id).of_creator(session.creator);
    let film = media::import_film(app, session.creator, key, &filename, unique, recorded).await?;
    let tx = app.begin().await?;
    locked(&tx, id).await?;
    // One that we have not asked for is a file, and no more.
    if store::recording(tx.conn(), key).await?.is_some_and(|known| known.ended_at.is_some()) {
        store::set_film(&tx, key, film).await?;
    }
    tx.commit().await
}

/// Shows what was recorded of sessions that are over, where all of it is there.
pub async fn show_recordings(app: &App) -> Result<()> {
    let mut first_failure = Ok(());
    let mut last = None;
    loop {
        let some = store::unsettled_recordings(app, last).await?;
        if some.is_empty() {
            return first_failure;
        }
        last = some.last().copied();
        for session in some {
            // One that fails, or is not over, does not keep the others waiting.
            first_failure = first_failure.and(show(app, session).await);
        }
    }
}

/// The largest film of a session becomes its recording, unless there is one: a room that everybody left for a moment has
/// several. The others stay files of the studio.
async fn show(app: &App, id: WorkshopSessionId) -> Result<()> {
    // Most are still to come: nobody has to wait for them.
    let Some(known) = store::session(app.db.read(), id).await? else { return Ok(()) };
    if !is_over(known.status_at(app.now())) {
        return Ok(());
    }
    let mut tx = app.begin().await?;
    let session = locked(&tx, id).await?;
    let status = session.status_at(tx.now());
    if !is_over(status) {
        return Ok(());
    }
    let recordings = store::unsettled_of(&tx, id).await?;
    let mut films = Vec::new();
    for one in &recordings {
        if one.is_awaited(tx.now()) {
            return Ok(());
        }
        let Some(asset) = one.asset else { continue };
        let Some(film) = files::kept(tx.conn(), asset).await? else { continue };
        if is_on_its_way(&film) {
            return Ok(());
        }
        films.push(film);
    }
    let watchable = films.iter().filter(|film| film.is_ready() && film.kind == Kind::Video);
    let largest = watchable.max_by_key(|film| film.byte_size).map(|film| film.id);
    let has_none = status == SessionStatus::Ended && store::replay(tx.conn(), id).await?.is_none();
    if let Some(film) = largest.filter(|_| has_none) {
        set(&mut tx, &session, film).await?;
    }
    store::settle_recordings(&tx, &recordings).await?;
    tx.commit().await
}

fn is_over(status: SessionStatus) -> bool {
    matches!(status, SessionStatus::Ended | SessionStatus::Cancelled)
}

fn is_on_its_way(film: &Asset) -> bool {
    matches!(film.state, State::AwaitingUpload | State::Uploaded | State::Scanning | State::Processing)
}

async fn set(tx: &mut Tx, session: &Session, film: AssetId) -> Result<()> {
    store::set_replay(tx, session.id, film).await?;
    tx.enqueue(tell_replay::job(session.id));
    let event = Event::new("session.replay_set", session.id).of_creator(session.creator);
    tx.record(event.with("asset", film));
    Ok(())
}
