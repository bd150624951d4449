//! Customers: a name and an address the buyer's payments are kept under.
//!
//! Only the members we write are kept; sources, discounts, tax ids and balances are not simulated.

use serde_json::{Value, json};

use super::error::StripeError;
use super::events::{emit, emit_change};
use super::intents::only_simulated;
use super::objects::{build, merge_metadata, overlay};
use super::tx::Tx;

const SIMULATED: &[&str] =
    &["name", "email", "phone", "description", "metadata", "preferred_locales", "expand"];
const WORDS: &[&str] = &["name", "email", "phone", "description"];

/// `POST /v1/customers`.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED)?;
    email_fits(params)?;
    Ok(make(tx, params))
}

/// A new customer, saved and told of.
pub(crate) fn make(tx: &mut Tx<'_>, params: &Value) -> Value {
    let (id, prefix) = (tx.id("cus_", 14), tx.id("", 8).to_uppercase());
    let mut customer = build(
        "customer",
        json!({
            "id": id, "created": tx.now, "currency": null, "discount": null, "address": null, "shipping": null,
            "invoice_prefix": prefix, "metadata": {}, "preferred_locales": [],
        }),
    );
    write(&mut customer, params);
    tx.save(&customer);
    emit(tx, "customer.created", &customer);
    customer
}

/// `POST /v1/customers/{customer}`.
pub(crate) fn update(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED)?;
    email_fits(params)?;
    let before = tx.load("customer", id, "customer")?;
    let mut customer = before.clone();
    write(&mut customer, params);
    tx.save(&customer);
    emit_change(tx, "customer.updated", &customer, changed(&before, &customer));
    Ok(customer)
}

fn write(customer: &mut Value, params: &Value) {
    for name in WORDS {
        if let Some(word) = params.get(*name) {
            customer[*name] = if word == "" { Value::Null } else { word.clone() };
        }
    }
    if let Some(locales) = params.get("preferred_locales") {
        overlay(customer, json!({ "preferred_locales": locales }));
    }
    if let Some(metadata) = params.get("metadata") {
        customer["metadata"] = merge_metadata(&customer["metadata"], metadata);
    }
}

fn email_fits(params: &Value) -> Result<(), StripeError> {
    match params["email"].as_str() {
        Some(email) if !email.is_empty() && !email.contains('@') => {
            let message = format!("Invalid email address: {email}");
            Err(StripeError::invalid(message).code("email_invalid").param("email"))
        }
        _ => Ok(()),
    }
}

/// The former values of the members that differ.
pub(crate) fn changed(before: &Value, after: &Value) -> Value {
    let differing = before.as_object().into_iter().flatten().filter(|(name, value)| after[*name] != **value);
    Value::Object(differing.map(|(name, value)| (name.clone(), value.clone())).collect())
}
