//! Permissions: JSON Web Tokens (RFC 7519, HS256) that LiveKit reads, with its claim `video`.
//!
//! Keeps true: what somebody may do in a room is always said, true or false: left out, LiveKit takes it as allowed.
//! A permission opens the door once: who is inside stays when it ends, and comes back after a broken connection. To put
//! somebody out there is [`LiveKit::remove_participant`].

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, Header, encode};
use serde::Serialize;
use thiserror::Error;

use crate::LiveKit;

/// How long a permission for one of our own calls lasts.
const CALL_LIFE: Duration = Duration::minutes(1);

/// Somebody to be let in.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The room's name.
    pub room: &'a str,
    /// Who they are to the room. Whoever comes with the same identity takes the place of who was there with it.
    pub identity: &'a str,
    /// How others see them.
    pub name: &'a str,
    /// Whether they may be seen and heard, and send messages.
    pub may_publish: bool,
    /// Whether they may mute and remove others.
    pub is_host: bool,
}

/// A permission could not be made.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the permission could not be signed")]
pub struct NotSigned;

/// LiveKit's claims.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    nbf: i64,
    exp: i64,
    video: Grant<'a>,
}

/// What may be done. `None` is left out: only for what LiveKit takes as forbidden then.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Grant<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    pub room_join: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub room_admin: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub room_create: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub room_list: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub room_record: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_publish: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_subscribe: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_publish_data: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_update_own_metadata: Option<bool>,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl LiveKit {
    /// A permission to come into a room between `now` and the end of `lasts`.
    ///
    /// # Errors
    /// [`NotSigned`] if the secret cannot be used.
    pub fn permission(
        &self,
        entry: &Entry<'_>,
        now: DateTime<Utc>,
        lasts: Duration,
    ) -> Result<String, NotSigned> {
        let grant = Grant {
            room: Some(entry.room),
            room_join: true,
            room_admin: entry.is_host,
            can_publish: Some(entry.may_publish),
            can_subscribe: Some(true),
            can_publish_data: Some(entry.may_publish),
            can_update_own_metadata: Some(false),
            ..Grant::default()
        };
        self.sign(Some((entry.identity, entry.name)), grant, now, lasts)
    }

    /// A permission for one of our own calls.
    #[expect(clippy::disallowed_methods, reason = "LiveKit has no other clock, wherever ours was moved to")]
    pub(crate) fn own(&self, grant: Grant<'_>) -> Result<String, NotSigned> {
        self.sign(None, grant, Utc::now(), CALL_LIFE)
    }

    fn sign(
        &self,
        who: Option<(&str, &str)>,
        video: Grant<'_>,
        now: DateTime<Utc>,
        lasts: Duration,
    ) -> Result<String, NotSigned> {
        let claims = Claims {
            iss: &self.0.api_key,
            sub: who.map(|(identity, _)| identity),
            name: who.map(|(_, name)| name),
            nbf: now.timestamp(),
            exp: (now + lasts).timestamp(),
            video,
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.0.signing).map_err(|_| NotSigned)
    }
}
