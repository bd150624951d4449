//! How long a call to the store may take.
//!
//! A request of a learner never waits for a slow bucket: small calls end after five seconds, whatever the
//! retries did. Only calls that move bytes are given longer, and those are bounded per chunk.

use std::future::Future;
use std::time::Duration;

use crate::MediaStoreError;

/// To open a connection.
pub(crate) const CONNECT: Duration = Duration::from_secs(3);
/// Between two pieces of an answer.
pub(crate) const READ: Duration = Duration::from_secs(30);
/// A whole call without a body: head, delete, one page of a list, ping.
pub(crate) const SMALL_CALL: Duration = Duration::from_secs(5);
/// A whole call that carries or copies a body.
pub(crate) const BODY_CALL: Duration = Duration::from_secs(60);
/// The first try and two more, as the SDK's standard mode spaces them.
pub(crate) const ATTEMPTS: u32 = 3;

/// Ends `call` with [`MediaStoreError::Unavailable`] after `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    what: &'static str,
    call: impl Future<Output = Result<T, MediaStoreError>>,
) -> Result<T, MediaStoreError> {
    match tokio::time::timeout(limit, call).await {
        Ok(outcome) => outcome,
        Err(_) => {
            Err(MediaStoreError::Unavailable(format!("{what}: no answer within {} seconds", limit.as_secs())))
        }
    }
}
