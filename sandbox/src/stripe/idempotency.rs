//! Idempotency keys, kept as Stripe keeps them: <https://docs.stripe.com/api/idempotent_requests>.
//!
//! It keeps true that the first result of a key is the result of the key, 500s included; that nothing is kept
//! when validation fails or another request with the key is running; that other parameters or another endpoint
//! are refused; and that a key is forgotten no earlier than 24 hours after its first use.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::error::StripeError;
use super::state::notes;
use super::tx::Tx;

/// How long a key is kept.
pub(crate) const KEPT_FOR: i64 = 24 * 60 * 60;
/// The longest key Stripe takes.
const LONGEST: usize = 255;

/// A result kept for a key.
pub(crate) struct Kept {
    pub status: u16,
    pub body: Value,
    pub request: String,
}

/// What makes two requests the same: endpoint, account and parameters.
pub(crate) fn fingerprint(method: &str, path: &str, account: Option<&str>, parameters: &Value) -> String {
    let text = format!("{method} {path} {} {parameters}", account.unwrap_or_default());
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Refuses a key Stripe would not take.
pub(crate) fn check(key: &str) -> Result<(), StripeError> {
    if key.is_empty() || key.len() > LONGEST {
        return Err(StripeError::invalid("Idempotency keys must be between 1 and 255 characters long."));
    }
    Ok(())
}

/// The result kept for a key.
///
/// # Errors
/// `idempotency_error` when the key came with another request before.
pub(crate) fn find(
    tx: &Tx<'_>,
    key: &str,
    path: &str,
    fingerprint: &str,
) -> Result<Option<Kept>, StripeError> {
    let note = tx.note(notes::KEY, key);
    if note.is_null() || is_over(&note, tx.now) {
        return Ok(None);
    }
    if note["path"] != path {
        let message = format!(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{}' vs \
             '{path}'). Try using a key other than '{key}' if you meant to execute a different request.",
            note["path"].as_str().unwrap_or_default()
        );
        return Err(StripeError::idempotency(message));
    }
    if note["fingerprint"] != fingerprint {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
             using a key other than '{key}' if you meant to execute a different request."
        );
        return Err(StripeError::idempotency(message));
    }
    Ok(Some(Kept {
        status: note["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200),
        body: note["body"].clone(),
        request: note["request"].as_str().unwrap_or_default().to_owned(),
    }))
}

/// Keeps the result of a key, in the commit of the operation itself.
pub(crate) fn keep(tx: &mut Tx<'_>, key: &str, path: &str, fingerprint: &str, status: u16, body: &Value) {
    let note = json!({
        "path": path, "fingerprint": fingerprint, "status": status, "body": body, "created": tx.now,
        "request": tx.caller.request,
    });
    tx.store.put(notes::KEY, key, note);
}

/// Whether a kept result may be forgotten.
pub(crate) fn is_over(note: &Value, now: i64) -> bool {
    note["created"].as_i64().is_none_or(|created| created + KEPT_FOR <= now)
}
