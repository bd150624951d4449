//! Our plain values to Stripe's wire values and back: currencies, moments, ids.
//!
//! Keeps true: outside this crate a currency is its upper-case ISO code and a moment is UTC; an id that could
//! change the path of a request never gets into one.
//! Not here: the handful of currencies Stripe counts differently (ISK, UGX); none of them is sold in.

use chrono::{DateTime, Utc};
use stripe_types::{Currency, RangeBoundsTs, RangeQueryTs};

use crate::StripeError;

/// A value in an otherwise valid answer that cannot be true.
#[derive(Debug)]
pub(crate) struct Nonsense;

pub(crate) fn currency_code(currency: &Currency) -> String {
    currency.to_string().to_ascii_uppercase()
}

pub(crate) fn currency_of(code: &str) -> Result<Currency, StripeError> {
    match code.to_ascii_lowercase().parse::<Currency>() {
        Ok(Currency::Unknown(_)) | Err(_) => Err(StripeError::invalid(format!(
            "{code} is not a currency Stripe settles; use an ISO code such as EUR"
        ))),
        Ok(currency) => Ok(currency),
    }
}

pub(crate) fn moment(seconds: i64) -> Result<DateTime<Utc>, Nonsense> {
    DateTime::from_timestamp(seconds, 0).ok_or(Nonsense)
}

/// A stretch of time: from a moment on, and before another if there is one.
pub(crate) fn between(since: DateTime<Utc>, until: Option<DateTime<Utc>>) -> RangeQueryTs {
    RangeQueryTs::Bounds(RangeBoundsTs {
        gte: Some(since.timestamp()),
        lt: until.map(|until| until.timestamp()),
        ..RangeBoundsTs::default()
    })
}

/// An id that may stand in a path: Stripe's are letters, digits and underscores.
pub(crate) fn path_id(id: &str) -> Result<&str, StripeError> {
    let shaped =
        !id.is_empty() && id.len() <= 255 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if shaped {
        Ok(id)
    } else {
        Err(StripeError::invalid("a Stripe id holds only letters, digits and underscores"))
    }
}
