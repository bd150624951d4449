//! Charging a saved card while its owner is not there.
//!
//! It keeps true that only a card of the payment's own customer is charged, and that a bank which wants to ask refuses,
//! leaving the payment open (<https://docs.stripe.com/payments/save-and-reuse#charge-saved-payment-method>). A saved card
//! with its owner there is not simulated.

use serde_json::Value;

use super::cards::{has_expired, refused_off_session};
use super::charges::Payment;
use super::error::StripeError;
use super::intents::not_simulated;
use super::objects::text;
use super::payment;
use super::tx::Tx;

const METHOD: &str = "payment_method";

/// `POST /v1/payment_intents/{intent}/confirm` with `off_session` and the id of a saved card.
pub(crate) fn confirm(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    let method = text(params, METHOD);
    let intent = tx.load("payment_intent", id, "intent")?;
    let found = tx.load(METHOD, method, METHOD)?;
    if !found["customer"].is_string() || found["customer"] != intent["customer"] {
        return Err(StripeError::missing("PaymentMethod", method, METHOD));
    }
    if params["off_session"] != true && params["off_session"] != "true" {
        return Err(not_simulated("off_session"));
    }
    payment::may_be_confirmed(&intent)?;
    let mut intent = intent;
    intent[METHOD] = found["id"].clone();
    let snapshot = intent.clone();
    let paying = Payment {
        intent: &snapshot,
        method,
        details: super::invoices::details(&found),
        email: intent["receipt_email"].clone(),
        available_at_once: false,
    };
    match has_expired(&found["card"], tx.now).or_else(|| refused_off_session(text(&found["card"], "last4"))) {
        None => Ok(payment::pay(tx, intent, &paying)),
        Some(error) => Err(payment::decline(tx, intent, &paying, &found, error)),
    }
}

/// Whether a card is listed for its customer under these filters.
pub(crate) fn is_listed(method: &Value, customer: &str, params: &Value) -> bool {
    let asked = |name: &str| params.get(name).is_none_or(|wanted| method[name] == *wanted);
    method["customer"] == customer && asked("type") && asked("allow_redisplay")
}
