//! The three ways a call to the store fails, and what a caller does about each.
//!
//! Absent: say so. Unavailable: try again later, nothing is known about the outcome. Refused: trying again
//! cannot help; a setting or the request is wrong. Keys and secrets never appear in a message.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// Why a call to the media store failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaStoreError {
    /// No object has that key, or the bucket does not exist.
    #[error("the media store has no such object")]
    NotFound,
    /// Not reached, too slow, or overloaded. Worth another try.
    #[error("the media store is not available: {0}")]
    Unavailable(String),
    /// The store, or the SDK before it, declined the request. Worth a look at the settings, not another try.
    #[error("the media store refused: {0}")]
    Refused(String),
}

impl MediaStoreError {
    /// Reads the SDK's outcome: `what` names the call for the log.
    pub(crate) fn from_sdk<E>(what: &'static str, error: SdkError<E, HttpResponse>) -> MediaStoreError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let code = error.code().unwrap_or_default().to_owned();
        let outcome = match (&error, status) {
            (SdkError::ConstructionFailure(_), _) => Self::Refused(describe(what, &error)),
            (_, Some(404)) => Self::NotFound,
            (_, Some(429)) => Self::Unavailable(format!("{what}: too many requests")),
            (SdkError::ServiceError(_), Some(status)) if status < 500 => {
                let message = error.message().unwrap_or("no reason given");
                Self::Refused(format!("{what}: {status} {code}: {message}"))
            }
            _ => Self::Unavailable(describe(what, &error)),
        };
        tracing::debug!(call = what, ?status, code, "media store call failed");
        outcome
    }

    /// A fault of our own request, found before anything was sent.
    pub(crate) fn unsendable(what: &'static str, error: impl std::fmt::Display) -> MediaStoreError {
        Self::Refused(format!("{what}: {error}"))
    }
}

fn describe<E>(what: &'static str, error: &SdkError<E, HttpResponse>) -> String
where
    E: std::error::Error + 'static,
{
    format!("{what}: {}", DisplayErrorContext(error))
}
