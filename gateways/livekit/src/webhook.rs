//! What LiveKit tells us: proven before it is read.
//!
//! A webhook carries a JSON Web Token in `Authorization` (LiveKit's server writes it without `Bearer`), signed with the
//! API secret, whose claim `sha256` is the base64 of the body's hash: the signature covers the very bytes. Its time is
//! compared with ours. That an event comes once is the caller's to keep, by [`Told::id`].

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::egress;

/// How far the clocks may be apart.
const LEEWAY: Duration = Duration::seconds(60);
/// The longest token that is looked at.
const LONGEST: usize = 4096;

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum WebhookRefusal {
    /// No token, or none that could be one.
    #[error("it carries no token")]
    Malformed,
    /// Not signed with our secret, or for another key.
    #[error("it is not signed with our secret")]
    Forged,
    /// Signed, but not for these bytes.
    #[error("its signature is of another body")]
    OtherBody,
    /// Too old, or dated ahead.
    #[error("its time is over, or has not come; check the clock")]
    Stale,
    /// Rightly signed, but not an event.
    #[error("it is signed but is no event")]
    NotAnEvent,
}

/// Something that happened at LiveKit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// LiveKit's id of the event: the same when it is sent again.
    pub id: String,
    /// `participant_joined`, `room_finished`, …
    pub event: String,
    /// The room's name.
    pub room: Option<String>,
    /// When it happened, as LiveKit's clock says.
    pub at: Option<DateTime<Utc>>,
    /// Who came or went.
    pub identity: Option<String>,
    /// What LiveKit calls their being there: another name each time they come in.
    pub visit: Option<String>,
    /// When they came in, as LiveKit's clock says.
    pub came_at: Option<DateTime<Utc>>,
    /// Whether who came may be seen and heard, as their permission had it.
    pub may_publish: Option<bool>,
    /// LiveKit's id of the recording it is about.
    pub recording: Option<String>,
    /// Where its film was to lie, as it was asked for: told also of one that failed.
    pub asked: Vec<String>,
    /// The recording that ended, if it left anything.
    pub recorded: Option<Recorded>,
}

/// A recording that has ended, and what it left in the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// LiveKit's id of the recording.
    pub id: String,
    /// Keys of films, as they were asked for.
    pub files: Vec<String>,
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    #[serde(default)]
    nbf: i64,
    sha256: String,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    event: String,
    #[serde(rename = "createdAt")]
    created_at: Option<WireSeconds>,
    room: Option<WireRoom>,
    participant: Option<WireParticipant>,
    #[serde(rename = "egressInfo")]
    egress: Option<WireEgress>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireEgress {
    egress_id: String,
    room_name: Option<String>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    file_results: Vec<WireFile>,
    #[serde(flatten)]
    request: Value,
}

#[derive(Deserialize)]
struct WireFile {
    #[serde(default)]
    filename: String,
}

impl WireEgress {
    fn asked(&self) -> Vec<String> {
        let mut keys = Vec::new();
        egress::collect(&self.request, &mut keys);
        keys
    }

    /// A recording that reached its limit has left its film too; one that failed has not.
    fn recorded(self) -> Option<Recorded> {
        let has_film = ["EGRESS_COMPLETE", "EGRESS_LIMIT_REACHED"].contains(&self.status.as_str());
        let files: Vec<String> = self.file_results.into_iter().map(|file| file.filename).collect();
        has_film.then_some(Recorded { id: self.egress_id, files })
    }
}

#[derive(Deserialize)]
struct WireRoom {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireParticipant {
    sid: Option<String>,
    identity: Option<String>,
    joined_at: Option<WireSeconds>,
    permission: Option<WirePermission>,
}

/// JSON made of protocol buffers leaves out what is false.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePermission {
    #[serde(default)]
    can_publish: bool,
}

/// Whole seconds since 1970: JSON made of protocol buffers says them as text, since they have 64 bits.
#[derive(Deserialize)]
#[serde(untagged)]
enum WireSeconds {
    Text(String),
    Number(i64),
}

impl WireSeconds {
    /// None for what is no time, and for 0, which is how the absence of a number is said.
    fn at(&self) -> Option<DateTime<Utc>> {
        let seconds = match self {
            Self::Text(text) => text.parse().ok()?,
            Self::Number(seconds) => *seconds,
        };
        DateTime::from_timestamp(seconds, 0).filter(|_| seconds > 0)
    }
}

/// Proves a webhook and reads it.
///
/// # Errors
/// A [`WebhookRefusal`]; the body must then not be used for anything.
pub fn verify(
    raw_body: &[u8],
    authorization: &str,
    (api_key, api_secret): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Told, WebhookRefusal> {
    let token = authorization.strip_prefix("Bearer ").unwrap_or(authorization).trim();
    if token.is_empty() || token.len() > LONGEST || token.split('.').count() != 3 {
        return Err(WebhookRefusal::Malformed);
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp", "iss"]);
    validation.set_issuer(&[api_key]);
    // Time is compared below, with our clock: it can be moved in tests.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(api_secret.as_bytes());
    let claims = decode::<Claims>(token, &key, &validation).map_err(|_| WebhookRefusal::Forged)?.claims;
    let signed = BASE64_STANDARD.decode(&claims.sha256).map_err(|_| WebhookRefusal::OtherBody)?;
    if !bool::from(Sha256::digest(raw_body).as_slice().ct_eq(&signed)) {
        return Err(WebhookRefusal::OtherBody);
    }
    let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).ok_or(WebhookRefusal::Stale);
    if now > at(claims.exp)? + LEEWAY || now < at(claims.nbf)? - LEEWAY {
        return Err(WebhookRefusal::Stale);
    }
    let wire: Wire = serde_json::from_slice(raw_body).map_err(|_| WebhookRefusal::NotAnEvent)?;
    if wire.id.is_empty() || wire.id.len() > 200 {
        return Err(WebhookRefusal::NotAnEvent);
    }
    let named = wire.room.and_then(|room| room.name).filter(|name| !name.is_empty());
    let room = named.or_else(|| wire.egress.as_ref().and_then(|egress| egress.room_name.clone()));
    let at = wire.created_at.as_ref().and_then(WireSeconds::at);
    let who = wire.participant;
    Ok(Told {
        id: wire.id,
        event: wire.event,
        room,
        at,
        came_at: who.as_ref().and_then(|one| one.joined_at.as_ref()?.at()),
        may_publish: who.as_ref().and_then(|one| Some(one.permission.as_ref()?.can_publish)),
        visit: who.as_ref().and_then(|one| one.sid.clone()).filter(|sid| !sid.is_empty() && sid.len() <= 200),
        identity: who.and_then(|one| one.identity),
        recording: wire.egress.as_ref().map(|egress| egress.egress_id.clone()),
        asked: wire.egress.as_ref().map(WireEgress::asked).unwrap_or_default(),
        recorded: wire.egress.and_then(WireEgress::recorded),
    })
}
