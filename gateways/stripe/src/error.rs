//! What can go wrong between us and Stripe, sorted by what the caller may do next.
//!
//! Keeps true: `Declined`, `Refused`, `NotFound`, `Unauthorized` and `Invalid` are definite, nothing happened at
//! Stripe; `Uncertain` means it may have happened, so only the same key may be used or the object looked up.
//! Not here: words for buyers. Rooms choose those.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// Why a call to Stripe gave no result.
#[derive(Clone, Debug, Error)]
pub enum StripeError {
    /// Never sent: the request itself was wrong.
    #[error("not sent to Stripe: {what}")]
    Invalid {
        /// What is wrong with the request and what it should be.
        what: String,
    },
    /// Stripe or the bank said no to this payment (HTTP 402).
    #[error("declined: {message}")]
    Declined {
        /// Stripe's error code, for example `card_declined`.
        code: Option<String>,
        /// The bank's reason, for example `insufficient_funds`.
        decline_code: Option<String>,
        /// Stripe's own words, fit to be shown to the buyer.
        message: String,
        /// Stripe's id of this request, for their support.
        request_id: Option<String>,
    },
    /// Stripe understood and refused (HTTP 4xx): same request, same answer.
    #[error("refused with {status} ({code:?}, {param:?}): {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Stripe's error type, for example `invalid_request_error` or `idempotency_error`.
        kind: String,
        /// Stripe's error code, where there is one.
        code: Option<String>,
        /// The parameter at fault, where there is one.
        param: Option<String>,
        /// Stripe's words, meant for developers.
        message: String,
        /// Stripe's id of this request.
        request_id: Option<String>,
    },
    /// No such object for this key and mode (HTTP 404).
    #[error("no such object at Stripe: {message}")]
    NotFound {
        /// Stripe's words.
        message: String,
        /// Stripe's id of this request.
        request_id: Option<String>,
    },
    /// The secret key is wrong, revoked, or lacks the right (HTTP 401 or 403).
    #[error("Stripe does not accept our key for this ({status}): {message}")]
    Unauthorized {
        /// HTTP status.
        status: u16,
        /// Stripe's words.
        message: String,
        /// Stripe's id of this request.
        request_id: Option<String>,
    },
    /// Nobody knows whether it happened.
    #[error("no certain answer from Stripe: {0}")]
    Uncertain(Box<Uncertain>),
}

impl StripeError {
    /// Whether the effect may exist at Stripe, so a new key could do it twice.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        matches!(self, Self::Uncertain(_))
    }

    /// Stripe's id of the request, to be quoted to their support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Invalid { .. } => None,
            Self::Declined { request_id, .. }
            | Self::Refused { request_id, .. }
            | Self::NotFound { request_id, .. }
            | Self::Unauthorized { request_id, .. } => request_id.as_deref(),
            Self::Uncertain(uncertain) => uncertain.request_id.as_deref(),
        }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid { what: what.into() }
    }
}

/// What is known about a call without a certain answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncertain {
    /// What the last try met.
    pub cause: UncertainCause,
    /// HTTP status of the last try, if one arrived.
    pub status: Option<u16>,
    /// SHA-256 (hex) of the last body, to compare cases without keeping people's data.
    pub body_sha256: Option<String>,
    /// Stripe's id of the last request.
    pub request_id: Option<String>,
    /// Tries made.
    pub tries: u32,
    /// How long Stripe asked us to wait, if it did.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Uncertain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {} tries", self.cause, self.tries)?;
        if let Some(status) = self.status {
            write!(f, ", status {status}")?;
        }
        if let Some(hash) = &self.body_sha256 {
            write!(f, ", body sha-256 {hash}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, ", request {id}")?;
        }
        Ok(())
    }
}

/// What stood between us and a certain answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum UncertainCause {
    /// No connection could be made.
    #[error("no connection")]
    Connect,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke before the whole answer arrived.
    #[error("the connection broke")]
    Broken,
    /// Another request with the same key is still being worked on, or a lock is held (HTTP 409).
    #[error("the key or object is in use")]
    InUse,
    /// Too many requests (HTTP 429).
    #[error("too many requests")]
    TooMany,
    /// Stripe failed (HTTP 5xx).
    #[error("Stripe failed")]
    Server,
    /// An answer that is not Stripe's JSON, or not the object asked for.
    #[error("the answer cannot be read")]
    Unreadable,
}
