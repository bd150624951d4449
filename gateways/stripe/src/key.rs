//! The idempotency key of one outgoing attempt.
//!
//! Keeps true: a key names its purpose, our own id and the attempt, so the same wish always has the same key and
//! two wishes never share one. Stripe keeps a key for at least 24 hours.
//! Not here: counting attempts; the room that stores the wish does.

use std::fmt;

use crate::StripeError;

/// Between 1 and 255 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// `{kind}:{our id}:{attempt}`, for example `co:ord_42:1`.
    ///
    /// # Errors
    /// [`StripeError::Invalid`] when the parts cannot form a key.
    pub fn for_attempt(kind: &str, our_id: &str, attempt: u32) -> Result<Self, StripeError> {
        Self::new(format!("{kind}:{our_id}:{attempt}"))
    }

    /// A key stored earlier.
    ///
    /// # Errors
    /// [`StripeError::Invalid`] when it is empty, too long, or holds spaces or other signs.
    pub fn new(key: impl Into<String>) -> Result<Self, StripeError> {
        let key = key.into();
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(StripeError::invalid("an idempotency key is 1 to 255 printable ASCII characters"));
        }
        Ok(Self(key))
    }

    /// The key as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
