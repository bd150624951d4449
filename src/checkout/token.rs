//! A quote as a text the buyer can hand back: all of it, signed.
//!
//! Kept true: what was not signed here is not believed; the signature is for quotes alone.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::kernel::{Error, Fault, Instant, Result};
use crate::keys::{Keys, Purpose};

use super::model::Quote;
use super::refusals::CheckoutRefusal;

/// Longer texts are not ours: twenty lines with the longest titles are shorter.
const LONGEST: usize = 32 * 1024;

/// The token of a quote.
pub fn seal(keys: &Keys, quote: &Quote) -> Result<String> {
    let json =
        serde_json::to_vec(quote).map_err(|cause| Error::Fault(Fault::new("writing a quote", cause)))?;
    let body = BASE64_URL_SAFE_NO_PAD.encode(json);
    let signature = keys.sign(Purpose::Quote, body.as_bytes());
    Ok(format!("{body}.{signature}"))
}

/// The quote of a token, whatever its age.
pub fn open(keys: &Keys, token: &str) -> std::result::Result<Quote, CheckoutRefusal> {
    let read = || {
        let (body, signature) = token.split_once('.').filter(|_| token.len() <= LONGEST)?;
        if !keys.verifies(Purpose::Quote, body.as_bytes(), signature) {
            return None;
        }
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    };
    read().ok_or(CheckoutRefusal::QuoteInvalid)
}

/// The quote of a token that still holds.
pub fn open_fresh(keys: &Keys, token: &str, now: Instant) -> std::result::Result<Quote, CheckoutRefusal> {
    let quote = open(keys, token)?;
    if quote.expires_at <= now { Err(CheckoutRefusal::QuoteExpired) } else { Ok(quote) }
}
