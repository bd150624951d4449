//! The billing portal: a page where a customer changes the card, ends a subscription or takes the ending back.
//!
//! It keeps true that a session belongs to one customer and leads back to the address we gave
//! (<https://docs.stripe.com/customer-management/integrate-customer-portal>). Configurations, deep links into one
//! task and lists of invoices are not simulated.

use serde_json::{Value, json};

use super::cards::{self, CardEntry};
use super::error::StripeError;
use super::events::emit;
use super::intents::only_simulated;
use super::objects::{build, text};
use super::payment::save_card;
use super::subscriptions;
use super::tx::Tx;

/// Its objects.
pub(crate) const OBJECT: &str = "billing_portal.session";

/// `POST /v1/billing_portal/sessions`.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["customer", "expand", "return_url"])?;
    let customer = params["customer"].as_str().ok_or_else(|| {
        StripeError::invalid("Missing required param: customer.").code("parameter_missing").param("customer")
    })?;
    tx.load("customer", customer, "customer")?;
    let (id, configuration) = (tx.id("bps_1", 23), tx.id("bpc_1", 23));
    let url = format!("{}/portal/{id}", tx.settings.public_base);
    let session = build(
        OBJECT,
        json!({
            "id": id, "configuration": configuration, "created": tx.now, "customer": customer, "flow": null,
            "livemode": false, "return_url": params.get("return_url").cloned().unwrap_or(Value::Null), "url": url,
        }),
    );
    tx.save(&session);
    Ok(session)
}

/// The customer's subscriptions are collected from another card from now on.
pub(crate) fn change_card(tx: &mut Tx<'_>, customer: &str, entry: &CardEntry) -> Result<Value, StripeError> {
    let customer = tx.load("customer", customer, "customer")?;
    let card = cards::kept(entry, tx.now)?;
    let owner = json!({ "customer": customer["id"] });
    let method = save_card(tx, &owner, &card, &customer["email"]);
    emit(tx, "payment_method.attached", &method);
    let change = json!({ "default_payment_method": method["id"] });
    for subscription in of_customer(tx, text(&customer, "id")) {
        subscriptions::update(tx, text(&subscription, "id"), &change)?;
    }
    Ok(method)
}

/// The customer's subscriptions that are not over.
pub(crate) fn of_customer(tx: &Tx<'_>, customer: &str) -> Vec<Value> {
    let wanted = json!({ "customer": customer });
    let all = tx.store.rows("subscription");
    all.filter(|subscription| subscriptions::is_listed(subscription, &wanted)).cloned().collect()
}

/// What a button of the page asks for: a subscription ends with its period, or goes on.
pub(crate) fn press(tx: &mut Tx<'_>, session: &Value, action: &str) -> Result<(), StripeError> {
    let (wanted, id) = match action.split_once(':') {
        Some(("cancel", id)) => (true, id),
        Some(("resume", id)) => (false, id),
        _ => return Ok(()),
    };
    let theirs = of_customer(tx, text(session, "customer"));
    if theirs.iter().any(|subscription| subscription["id"] == id) {
        subscriptions::update(tx, id, &json!({ "cancel_at_period_end": wanted }))?;
    }
    Ok(())
}
