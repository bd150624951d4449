//! Access tokens: EdDSA JSON Web Tokens (RFC 7519, RFC 8037, RFC 9068) of 15 minutes.
//!
//! One algorithm, our own key by its id, and iss, aud, exp, nbf, jti and typ all required. Time is ours, not the
//! library's, so that a moved clock moves tokens too. A good token is not enough: its session must be alive.

use chrono::{DateTime, Duration};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::kernel::{Error, Fault, Instant, Result, SessionId, UserId};

/// How long an access token speaks.
pub const LIFETIME: Duration = Duration::minutes(15);
const AUDIENCE: &str = "atelier-api";
const TYPE: &str = "at+jwt";
const LONGEST: usize = 2048;
/// So many tokens are remembered, about 200 bytes each: dead ones, too, until others need their place.
const MOST_KNOWN: usize = 10_000;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// What a good token says.
#[derive(Clone, Debug)]
pub struct Speaks {
    /// For which account.
    pub user: UserId,
    /// For which session.
    pub session: SessionId,
    /// Since when.
    pub begins_at: Instant,
    /// Until when.
    pub expires_at: Instant,
}

/// Tokens whose signature was checked, by their hash: it stays good, and people send the same token for as long as it lives.
/// Whether its time is now is asked anew each time, and so is its session.
struct Verified(Cache<[u8; 32], Speaks>);

impl Default for Verified {
    fn default() -> Self {
        Self(Cache::new(MOST_KNOWN))
    }
}

/// A token for a session, and when it ends.
pub fn issue(app: &App, user: UserId, session: SessionId) -> Result<(String, Instant)> {
    let now = app.now();
    let expires_at = now + LIFETIME;
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(app.keys.key_id().to_owned());
    let claims = Claims {
        iss: app.settings.public_url.clone(),
        aud: AUDIENCE.to_owned(),
        sub: user.to_string(),
        sid: session.to_string(),
        jti: app.entropy.id(now).to_string(),
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: expires_at.timestamp(),
    };
    let token = encode(&header, &claims, app.keys.encoding())
        .map_err(|cause| Error::Fault(Fault::new("signing an access token", cause)))?;
    Ok((token, expires_at))
}

/// What a token says, if it is one of ours and its time is now. `None` is all a stranger learns.
pub fn read(app: &App, token: &str) -> Option<Speaks> {
    if token.len() > LONGEST {
        return None;
    }
    let known = app.kept::<Verified>();
    let hash = Sha256::digest(token).into();
    let says = match known.0.get(&hash) {
        Some(says) => says,
        None => {
            let says = verified(app, token)?;
            known.0.insert(hash, says.clone());
            says
        }
    };
    let now = app.now();
    (says.begins_at <= now && now < says.expires_at).then_some(says)
}

/// What a token of ours says, whenever its time is.
fn verified(app: &App, token: &str) -> Option<Speaks> {
    let header = decode_header(token).ok()?;
    let ours = header.alg == Algorithm::EdDSA
        && header.typ.as_deref() == Some(TYPE)
        && header.kid.as_deref() == Some(app.keys.key_id());
    if !ours {
        return None;
    }
    let claims = decode::<Claims>(token, app.keys.decoding(), &validation(app)).ok()?.claims;
    if claims.exp - claims.nbf > LIFETIME.num_seconds() || claims.jti.is_empty() {
        return None;
    }
    Some(Speaks {
        user: claims.sub.parse().ok()?,
        session: claims.sid.parse().ok()?,
        begins_at: DateTime::from_timestamp(claims.nbf, 0)?,
        expires_at: DateTime::from_timestamp(claims.exp, 0)?,
    })
}

fn validation(app: &App) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[&app.settings.public_url]);
    validation.set_required_spec_claims(&["iss", "aud", "exp", "nbf", "sub"]);
    // Checked above, against our own clock.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}
