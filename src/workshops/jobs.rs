//! Telling of changes and recordings, ending offers, claiming, reminding, thanking, order in rooms and recording them.

use serde_json::Value;

use crate::app::App;
use crate::kernel::{Error, Fault, PublicId, Result};
use crate::worker::Registry;

use super::actions;
use super::model::WhyNot;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on("workshops.tell", tell);
    registry.on("workshops.lapse_offer", lapse_offer);
    registry.on("workshops.claim", claim);
    registry.on(actions::INVITE, invite);
    registry.on(actions::TELL_OFFER, tell_offer);
    registry.on(actions::TELL_REPLAY, tell_replay);
    registry.on(actions::EXPEL, expel);
    registry.on(actions::SET_VOICE, set_voice);
    registry.on(actions::CLOSE_ROOM, close_room);
    registry.on(actions::IMPORT_RECORDING, import_recording);
    registry.on(actions::BEGIN_RECORDING, begin_recording);
    registry.on(actions::END_RECORDING, end_recording);
    registry.every(86_400, "workshops.forget_heard", |app| async move { actions::forget_heard(&app).await });
    registry.every(300, "workshops.remind", |app| async move { actions::remind(&app).await });
    registry.every(300, "workshops.thank", |app| async move { actions::thank(&app).await });
    registry.every(
        300,
        "workshops.show_recordings",
        |app| async move { actions::show_recordings(&app).await },
    );
    registry.every(300, "workshops.tell_replays", |app| async move { actions::tell_replays(&app).await });
}

async fn tell(app: App, payload: Value) -> Result<()> {
    actions::tell(&app, id(&payload, "session")?).await
}

/// `{"entry": "wle_…", "seat": "sea_…", "why": null}`
async fn tell_offer(app: App, payload: Value) -> Result<()> {
    let why = payload["why"].as_str().and_then(WhyNot::of);
    actions::tell_offer(&app, id(&payload, "entry")?, id(&payload, "seat")?, why).await
}

async fn tell_replay(app: App, payload: Value) -> Result<()> {
    actions::tell_replay(&app, id(&payload, "session")?).await
}

async fn expel(app: App, payload: Value) -> Result<()> {
    let (seat, user) = (id(&payload, "seat")?, id(&payload, "user")?);
    actions::expel(&app, id(&payload, "session")?, seat, user).await
}

async fn set_voice(app: App, payload: Value) -> Result<()> {
    let (seat, user) = (id(&payload, "seat")?, id(&payload, "user")?);
    actions::set_voice(&app, id(&payload, "session")?, seat, user).await
}

async fn close_room(app: App, payload: Value) -> Result<()> {
    actions::close_room(&app, id(&payload, "session")?).await
}

async fn import_recording(app: App, payload: Value) -> Result<()> {
    actions::import_recording(&app, id(&payload, "session")?, key(&payload)?).await
}

async fn begin_recording(app: App, payload: Value) -> Result<()> {
    actions::begin_recording(&app, key(&payload)?).await
}

async fn end_recording(app: App, payload: Value) -> Result<()> {
    actions::end_recording(&app, key(&payload)?).await
}

fn key(payload: &Value) -> Result<&str> {
    payload["key"].as_str().ok_or_else(|| Fault::new("reading a job", "it names no recording").into())
}

async fn lapse_offer(app: App, payload: Value) -> Result<()> {
    actions::lapse_offer(&app, id(&payload, "seat")?).await
}

/// `{"email": "ben@example.com"}`, lower-cased.
async fn claim(app: App, payload: Value) -> Result<()> {
    let email = payload["email"].as_str();
    let email = email.ok_or_else(|| Error::Fault(Fault::new("reading a job", "it names no address")))?;
    actions::claim_seats(&app, email).await
}

async fn invite(app: App, payload: Value) -> Result<()> {
    let email = payload["email"].as_str().map(str::to_owned);
    let user = if email.is_none() { Some(id(&payload, "user")?) } else { None };
    let letter = serde_json::from_value(payload["letter"].clone());
    let letter = letter.map_err(|cause| Error::Fault(Fault::new("reading a job", cause)))?;
    let inviter = payload["inviter"].as_str();
    actions::invite(&app, id(&payload, "seat")?, (user, email), (inviter, letter)).await
}

fn id<T: PublicId>(payload: &Value, name: &str) -> Result<T> {
    let id = payload[name].as_str().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::Fault(Fault::new("reading a job", payload)))
}
