//! What an app's payment sheet needs: a customer session, or for older SDKs an ephemeral key, and debits without a page.
//!
//! Neither secret opens anything here: the sheet's own calls are not simulated, the control calls are its hand.
//! Sources: <https://docs.stripe.com/api/customer_sessions/create>, <https://docs.stripe.com/payments/mobile/accept-payment>.

use serde_json::{Value, json};

use super::error::StripeError;
use super::events::emit;
use super::intents::{not_simulated, only_simulated};
use super::objects::{build, overlay, text};
use super::payment::may_be_confirmed;
use super::sessions;
use super::tx::Tx;

/// A customer session lives half an hour, an ephemeral key one hour.
const SESSION_LIFE: i64 = 30 * 60;
const KEY_LIFE: i64 = 60 * 60;

/// `POST /v1/customer_sessions`.
pub(crate) fn customer_session(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["customer", "components", "expand"])?;
    let customer = known_customer(tx, params)?;
    let asked = &params["components"];
    let foreign = asked.as_object().into_iter().flatten().find(|(name, _)| *name != "mobile_payment_element");
    if let Some((name, _)) = foreign {
        return Err(not_simulated(&format!("components[{name}]")));
    }
    if asked["mobile_payment_element"]["enabled"] != true {
        return Err(StripeError::invalid("At least one component must be enabled.").param("components"));
    }
    let secret = tx.id("cuss_secret_", 50);
    let features = &asked["mobile_payment_element"]["features"];
    let feature = |name: &str| features[name].as_str().unwrap_or("disabled").to_owned();
    let off = || json!({ "enabled": false });
    Ok(build(
        "customer_session",
        json!({
            "client_secret": secret, "customer": customer, "customer_account": null, "created": tx.now,
            "expires_at": tx.now + SESSION_LIFE, "livemode": false,
            "components": {
                "active_entitlements": off(), "buy_button": off(), "customer_portal": off(),
                "pricing_table": off(), "customer_sheet": { "enabled": false, "features": null },
                "payment_element": { "enabled": false, "features": null },
                "mobile_payment_element": { "enabled": true, "features": {
                    "payment_method_allow_redisplay_filters": ["always"],
                    "payment_method_redisplay": feature("payment_method_redisplay"),
                    "payment_method_remove": feature("payment_method_remove"),
                    "payment_method_save": feature("payment_method_save"),
                    "payment_method_save_allow_redisplay_override": null,
                } },
            },
        }),
    ))
}

/// `POST /v1/ephemeral_keys`: the one operation that is asked for in a version of the app's own.
pub(crate) fn ephemeral_key(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["customer", "expand"])?;
    known_customer(tx, params)?;
    let (id, secret) = (tx.id("ephkey_1", 23), tx.id("ek_test_", 60));
    Ok(build(
        "ephemeral_key",
        json!({
            "id": id, "secret": secret, "created": tx.now, "expires": tx.now + KEY_LIFE, "livemode": false,
        }),
    ))
}

fn known_customer(tx: &Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    let Some(customer) = params["customer"].as_str() else {
        let missing = StripeError::invalid("Missing required param: customer.");
        return Err(missing.code("parameter_missing").param("customer"));
    };
    tx.load("customer", customer, "customer")?;
    Ok(customer.into())
}

/// The sheet pays by SEPA debit: the intent is processing, the money comes or fails days later.
pub(crate) fn confirm_by_debit(tx: &mut Tx<'_>, id: &str) -> Result<Value, StripeError> {
    let mut intent = tx.load("payment_intent", id, "intent")?;
    may_be_confirmed(&intent)?;
    if intent["currency"] != "eur" {
        return Err(StripeError::invalid("The payment method type sepa_debit needs a payment in euro."));
    }
    overlay(&mut intent, json!({ "status": "processing", "processing": null }));
    tx.save(&intent);
    emit(tx, "payment_intent.processing", &intent);
    Ok(intent)
}

/// The debit of an intent settles or fails; a failed one waits for another method.
pub(crate) fn settle(tx: &mut Tx<'_>, id: &str, succeeded: bool) -> Result<Value, StripeError> {
    let intent = tx.load("payment_intent", id, "intent")?;
    if text(&intent, "status") != "processing" {
        return Err(StripeError::invalid(format!("{id} is not processing; there is nothing to settle.")));
    }
    let email = intent["receipt_email"].clone();
    sessions::settle_debit(tx, intent, email, succeeded);
    tx.load("payment_intent", id, "intent")
}
