//! Having a session recorded: begun when a host has said that it is on and somebody is in its room, once at a time.
//!
//! That a recording is wanted commits with what causes it, and a job asks LiveKit. Before it asks, it asks what is under way: an
//! answer that was lost is found there, so nothing is recorded twice. A recording ends with its room; who switches it off
//! ends it at once. What it leaves is another matter (`recordings`).

use livekit_gateway::{Bucket, LiveKit, LiveKitError};
use serde_json::json;

use crate::app::App;
use crate::config::Settings;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Denied, Result};
use crate::queue::Job;

use super::super::model::{Recording, Session};
use super::super::store;
use super::{locked, rooms};

/// A recording has to be begun: payload `key`.
pub const BEGIN_RECORDING: &str = "workshops.begin_recording";
/// A recording has to be ended: payload `key`.
pub const END_RECORDING: &str = "workshops.end_recording";

/// Something happened after which the session may have to be recorded.
pub(super) async fn want(tx: &mut Tx, session: &Session) -> Result<()> {
    if !session.is_recorded_at(tx.now()) {
        return Ok(());
    }
    if let Some(key) = store::want_recording(tx, session.id).await? {
        let job = Job::new(BEGIN_RECORDING, json!({ "key": &key }));
        tx.enqueue(job.once(format!("record:{key}")));
    }
    Ok(())
}

/// Its room began anew: what was under way was of the room before. Whether it has ended is asked, since nobody may have told.
pub(super) async fn began_anew(tx: &mut Tx, session: &Session) -> Result<()> {
    match store::under_way(tx, session.id).await?.filter(|known| known.egress.is_some()) {
        Some(known) => tx.enqueue(Job::new(BEGIN_RECORDING, json!({ "key": known.key }))),
        None => want(tx, session).await?,
    }
    Ok(())
}

/// The session is to be recorded no more: ends what is under way.
pub(super) async fn unwant(tx: &mut Tx, session: &Session) -> Result<()> {
    if let Some(recording) = store::under_way(tx, session.id).await? {
        tx.enqueue(Job::new(END_RECORDING, json!({ "key": recording.key })));
    }
    Ok(())
}

/// Begins a recording, unless it has begun or nobody wants it any more; of one that has begun it finds out whether it is
/// over. Harmless when repeated.
pub async fn begin_recording(app: &App, key: &str) -> Result<()> {
    let Some(livekit) = &app.livekit else { return Ok(()) };
    let Some(known) = open(app, key).await? else { return Ok(()) };
    let Some(room) = store::room_of(app.db.read(), known.session).await? else { return Ok(()) };
    if let Some(egress) = &known.egress {
        let all = livekit.recordings_of(&room).await.map_err(failed)?;
        let goes_on = all.iter().any(|one| one.id == *egress);
        return if goes_on { Ok(()) } else { lose(app, &known).await };
    }
    let session = store::session(app.db.read(), known.session).await?.ok_or(Denied::NotFound)?;
    let found = running(livekit, &room, key).await.map_err(failed)?;
    let begun = match (found, bucket(&app.settings)) {
        (Some(id), _) => Some(id),
        (None, Some(bucket)) if session.is_recorded_at(app.now()) => {
            match livekit.begin_recording(&room, key, &bucket).await {
                Ok(id) => Some(id),
                // Nobody is in the room: who comes in asks for it again.
                Err(LiveKitError::NotFound(_)) => None,
                Err(cause) => return Err(failed(cause)),
            }
        }
        (None, _) => None,
    };
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    // LiveKit may have told of its end already.
    if store::recording(tx.conn(), key).await?.is_none_or(|known| known.ended_at.is_some()) {
        return Ok(());
    }
    let Some(id) = begun else {
        store::set_ended(&tx, key, false).await?;
        return tx.commit().await;
    };
    store::set_begun(&tx, key, &id).await?;
    if !session.is_recorded_at(tx.now()) {
        tx.enqueue(Job::new(END_RECORDING, json!({ "key": key })));
    }
    tx.record(Event::new("session.recording_begun", session.id).of_creator(session.creator));
    tx.commit().await
}

/// A recording is over that LiveKit has not told us of: another follows. If it is told of yet, its film is taken in.
async fn lose(app: &App, known: &Recording) -> Result<()> {
    let mut tx = app.begin().await?;
    let session = locked(&tx, known.session).await?;
    if store::recording(tx.conn(), &known.key).await?.is_none_or(|known| known.ended_at.is_some()) {
        return Ok(());
    }
    store::set_ended(&tx, &known.key, false).await?;
    tx.record(Event::new("session.recording_lost", session.id).of_creator(session.creator));
    want(&mut tx, &session).await?;
    tx.commit().await
}

/// Ends a recording that is wanted no more; that it is over is told by LiveKit. Harmless when repeated.
pub async fn end_recording(app: &App, key: &str) -> Result<()> {
    let Some(livekit) = &app.livekit else { return Ok(()) };
    let Some(known) = open(app, key).await? else { return Ok(()) };
    let session = store::session(app.db.read(), known.session).await?.ok_or(Denied::NotFound)?;
    if session.is_recorded_at(app.now()) {
        return Ok(());
    }
    let egress = match (known.egress, store::room_of(app.db.read(), known.session).await?) {
        (Some(egress), _) => Some(egress),
        // The answer that it had begun may have been lost.
        (None, Some(room)) => running(livekit, &room, key).await.map_err(failed)?,
        (None, None) => None,
    };
    // Else it is still being begun: whoever begins it looks again whether it is wanted.
    match egress {
        Some(egress) => livekit.end_recording(&egress).await.map_err(failed),
        None => Ok(()),
    }
}

async fn open(app: &App, key: &str) -> Result<Option<Recording>> {
    let known = store::recording(app.db.read(), key).await?;
    Ok(known.filter(|known| known.ended_at.is_none()))
}

/// LiveKit's id of the recording at this key, if it is under way: whoever runs LiveKit may have others made of the room.
async fn running(
    livekit: &LiveKit,
    room: &str,
    key: &str,
) -> std::result::Result<Option<String>, LiveKitError> {
    let all = livekit.recordings_of(room).await?;
    Ok(all.into_iter().find(|one| one.keys.iter().any(|known| known == key)).map(|one| one.id))
}

/// Where LiveKit writes to; none where nothing is recorded.
fn bucket(settings: &Settings) -> Option<Bucket<'_>> {
    let recorder = settings.livekit.as_ref()?.recorder.as_ref()?;
    let s3 = settings.s3.as_ref()?;
    Some(Bucket {
        // LiveKit is elsewhere, as browsers are.
        endpoint: s3.public_endpoint.as_deref().or(s3.endpoint.as_deref()),
        region: &s3.region,
        name: &s3.bucket,
        path_style: s3.path_style,
        access_key_id: &recorder.access_key_id,
        secret_access_key: recorder.secret_access_key.reveal(),
    })
}

fn failed(cause: LiveKitError) -> crate::kernel::Error {
    rooms::failed("recording a session", cause)
}
