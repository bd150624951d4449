//! Reads one HTTP answer: a result, a definite refusal, or nothing one may rely on.
//!
//! Keeps true: only Stripe's own error envelope counts as a refusal. An HTML page with status 400 from something
//! in between is uncertain, because it does not prove that Stripe did nothing. Bodies are kept as a hash only.
//! Not here: the decision to try again.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{StripeError, Uncertain, UncertainCause};

/// One complete HTTP answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub request_id: Option<String>,
    pub retry_after: Option<Duration>,
    pub body: Bytes,
    pub tries: u32,
}

#[derive(Deserialize)]
struct Envelope {
    error: Details,
}

#[derive(Deserialize)]
struct Details {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
    param: Option<String>,
}

impl Answer {
    /// The same answer if it is a success, else what it means.
    pub fn judged(self) -> Result<Self, StripeError> {
        match self.status {
            200..=299 => Ok(self),
            409 | 424 => Err(self.uncertain(UncertainCause::InUse)),
            429 => Err(self.uncertain(UncertainCause::TooMany)),
            500..=599 => Err(self.uncertain(UncertainCause::Server)),
            _ => Err(self.refusal()),
        }
    }

    /// The answer came but does not say what it should.
    pub fn uncertain(&self, cause: UncertainCause) -> StripeError {
        StripeError::Uncertain(Box::new(Uncertain {
            cause,
            status: Some(self.status),
            body_sha256: Some(hex::encode(Sha256::digest(&self.body))),
            request_id: self.request_id.clone(),
            tries: self.tries,
            retry_after: self.retry_after,
        }))
    }

    fn refusal(self) -> StripeError {
        let Ok(Envelope { error }) = serde_json::from_slice::<Envelope>(&self.body) else {
            return self.uncertain(UncertainCause::Unreadable);
        };
        let Self { status, request_id, .. } = self;
        let Details { kind, code, decline_code, message, param } = error;
        let message = message.unwrap_or_else(|| kind.clone());
        match status {
            402 => StripeError::Declined { code, decline_code, message, request_id },
            401 | 403 => StripeError::Unauthorized { status, message, request_id },
            404 => StripeError::NotFound { message, request_id },
            _ => StripeError::Refused { status, kind, code, param, message, request_id },
        }
    }
}
