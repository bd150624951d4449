//! Proves that a webhook came from Stripe, and reads its envelope.
//!
//! Keeps true: nothing is read before the signature over the raw bytes holds; any of the `v1` signatures may match
//! any of our secrets, so a secret can be changed without losing an event; signatures older or younger than five
//! minutes are refused, so a recorded event cannot be played again later; comparison takes the same time whatever
//! the guess; without a secret nothing passes.
//! Not here: amounts. An envelope says which object to read again, never what it is worth.
//!
//! Source: <https://docs.stripe.com/webhooks#verify-manually>

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use thiserror::Error;

/// How far a signature's moment may be from ours, both ways.
pub const TOLERANCE: TimeDelta = TimeDelta::seconds(300);

/// More signatures than this in one header are not Stripe's doing.
const MOST_SIGNATURES: usize = 16;

/// What an event says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// `evt_..`, unique: a second delivery has the same.
    pub id: String,
    /// For example `checkout.session.completed`.
    pub kind: String,
    /// The creator's account, for events of the connect endpoint.
    pub account: Option<String>,
    /// Whether this is about real money.
    pub livemode: bool,
    /// Version the payload was rendered in.
    pub api_version: Option<String>,
    /// When it happened.
    pub created: DateTime<Utc>,
    /// Id of the object to read again, where it has one.
    pub object_id: Option<String>,
    /// Its type, for example `checkout.session`.
    pub object_type: Option<String>,
}

/// Why a delivery was not believed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum WebhookRefusal {
    /// We have no secret, or an empty one: a fault of ours, not of the sender.
    #[error("no webhook secret is configured; set it from Stripe's endpoint page")]
    NoSecret,
    /// The header is missing its moment or its signatures.
    #[error("the Stripe-Signature header is missing or not of the form t=..,v1=..")]
    Malformed,
    /// No signature matches.
    #[error("no signature matches this body; check that the endpoint's secret is ours")]
    Forged,
    /// Signed too long ago.
    #[error("the signature is older than five minutes")]
    Stale,
    /// Signed in our future.
    #[error("the signature is dated more than five minutes ahead; check the clock")]
    Future,
    /// Rightly signed, but not an event.
    #[error("the body is signed but is not a Stripe event")]
    NotAnEvent,
}

/// Checks a delivery and reads its envelope. `secrets` are the current one and, while it changes, the previous.
///
/// # Errors
/// A [`WebhookRefusal`]; the body must then not be used for anything.
pub fn verify<S: AsRef<str>>(
    raw_body: &[u8],
    header: &str,
    secrets: &[S],
    now: DateTime<Utc>,
) -> Result<Envelope, WebhookRefusal> {
    if secrets.is_empty() || secrets.iter().any(|secret| secret.as_ref().is_empty()) {
        return Err(WebhookRefusal::NoSecret);
    }
    let signed = SignatureHeader::parse(header).ok_or(WebhookRefusal::Malformed)?;
    // Every pair is tried, so the time taken tells nothing about which secret was near.
    let matches = secrets.iter().filter(|secret| signed.made_with(secret.as_ref(), raw_body)).count();
    if matches == 0 {
        return Err(WebhookRefusal::Forged);
    }
    // The moment is believed only now: it is part of what was signed.
    let age = now.signed_duration_since(signed.at);
    if age > TOLERANCE {
        return Err(WebhookRefusal::Stale);
    }
    if age < -TOLERANCE {
        return Err(WebhookRefusal::Future);
    }
    Envelope::read(raw_body).ok_or(WebhookRefusal::NotAnEvent)
}

struct SignatureHeader<'a> {
    moment: &'a str,
    at: DateTime<Utc>,
    signatures: Vec<Vec<u8>>,
}

impl<'a> SignatureHeader<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let mut moment = None;
        let mut signatures = Vec::new();
        for (name, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
            match name {
                "t" if moment.is_some() => return None,
                "t" => moment = Some(value),
                "v1" if signatures.len() == MOST_SIGNATURES => return None,
                "v1" => signatures.extend(hex::decode(value)),
                // v0 is Stripe's test scheme and proves nothing.
                _ => {}
            }
        }
        let moment = moment?;
        let at = DateTime::from_timestamp(moment.parse().ok()?, 0)?;
        (!signatures.is_empty()).then_some(Self { moment, at, signatures })
    }

    fn made_with(&self, secret: &str, raw_body: &[u8]) -> bool {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
        mac.update(self.moment.as_bytes());
        mac.update(b".");
        mac.update(raw_body);
        // `verify_slice` compares in constant time.
        self.signatures.iter().filter(|signature| mac.clone().verify_slice(signature).is_ok()).count() > 0
    }
}

#[derive(Deserialize)]
struct WireEvent {
    object: String,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    account: Option<String>,
    livemode: bool,
    api_version: Option<String>,
    created: i64,
    data: WireData,
}

#[derive(Deserialize)]
struct WireData {
    object: WireObject,
}

/// Everything else in the object is left alone: an unknown or missing field must not lose an event.
#[derive(Deserialize)]
struct WireObject {
    id: Option<String>,
    object: Option<String>,
}

impl Envelope {
    pub(crate) fn read(raw: &[u8]) -> Option<Self> {
        let event: WireEvent = serde_json::from_slice(raw).ok()?;
        if event.object != "event" {
            return None;
        }
        Some(Self {
            id: event.id,
            kind: event.kind,
            account: event.account,
            livemode: event.livemode,
            api_version: event.api_version,
            created: DateTime::from_timestamp(event.created, 0)?,
            object_id: event.data.object.id,
            object_type: event.data.object.object,
        })
    }
}
