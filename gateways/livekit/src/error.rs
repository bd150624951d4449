//! What can go wrong between us and LiveKit, sorted by what the caller may do next.

use thiserror::Error;

/// Why a call to LiveKit gave no result.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LiveKitError {
    /// No answer, or none that says what happened: trying again may help, and is harmless.
    #[error("LiveKit does not answer: {0}")]
    Away(String),
    /// Our key is wrong, or lacks the right.
    #[error("LiveKit does not accept our key: {0}")]
    Unauthorized(String),
    /// No such room, participant or recording.
    #[error("LiveKit knows of no such thing: {0}")]
    NotFound(String),
    /// Understood and refused: the same call, the same answer.
    #[error("LiveKit refused ({code}): {message}")]
    Refused {
        /// Twirp's word for it, such as `invalid_argument`.
        code: String,
        /// LiveKit's words, meant for developers.
        message: String,
    },
    /// Nothing was sent.
    #[error("the permission could not be signed")]
    NotSigned,
}
