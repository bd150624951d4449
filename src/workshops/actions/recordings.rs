//! What a recording of a room of ours has left in our bucket becomes a file of the studio; a host may set it as the
//! session's recording then.
//!
//! Only what lies below `rec/` and the session's id is taken in: a recording is made by whoever runs LiveKit, and may
//! have been put anywhere. Beginning one is not here: the contract has no name for it.

use livekit_gateway::webhook::Recorded;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Denied, Result, WorkshopSessionId, secret};
use crate::media::actions as media;
use crate::queue::Job;

use super::super::store;

/// A recording has to be taken in: payload `session`, `key`.
pub const IMPORT_RECORDING: &str = "workshops.import_recording";
/// The longest key that is looked at.
const LONGEST: usize = 300;

/// Has a recording's film taken in, once.
pub(super) fn take_in(tx: &mut Tx, session: WorkshopSessionId, recorded: Option<&Recorded>) {
    let Some(recorded) = recorded else { return };
    let ours = format!("rec/{session}/");
    let film = recorded.files.iter().find(|key| key.starts_with(&ours) && key.len() <= LONGEST);
    match film {
        Some(key) => {
            let job = Job::new(IMPORT_RECORDING, json!({ "session": session.to_string(), "key": key }));
            tx.enqueue(job.once(format!("recording:{}", recorded.id)));
        }
        None => {
            tracing::warn!(%session, "a recording has ended, and lies elsewhere than in rec/ and its session")
        }
    }
}

/// Makes a recording's film a file of the studio. Harmless when repeated.
pub async fn import_recording(app: &App, id: WorkshopSessionId, key: &str) -> Result<()> {
    let session = store::session(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let filename = format!("recording-{}.mp4", session.local_start.replace(':', "-"));
    let digest = secret::digest(&["recording", key]);
    let unique = digest.get(..32).and_then(|hex| Uuid::parse_str(hex).ok()).unwrap_or_default();
    let recorded = Event::new("session.recorded", id).of_creator(session.creator);
    media::import_film(app, session.creator, key, &filename, unique, recorded).await.map(drop)
}
