//! PaymentIntents: made by a Checkout Session at its first attempt, or by us for a phone's payment sheet.
//!
//! It keeps true that the intent of a Checkout Session belongs to its session: it can neither be confirmed nor
//! cancelled directly (<https://docs.stripe.com/api/payment_intents/cancel>). Manual capture, destination charges
//! and application fees are not simulated, because no sale of ours uses them.

use serde_json::{Value, json};

use super::cards::CardEntry;
use super::error::StripeError;
use super::events::emit;
use super::objects::{build, leave_out, merge_metadata, overlay, text};
use super::payment::{Attempt, BankAnswer, may_be_confirmed, try_card};
use super::state::notes;
use super::tx::Tx;

const SIMULATED: &[&str] = &[
    "amount",
    "currency",
    "automatic_payment_methods",
    "customer",
    "description",
    "expand",
    "metadata",
    "payment_method_types",
    "excluded_payment_method_types",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
    "capture_method",
];

/// Refuses, in plain words, what Stripe would do and the sandbox does not.
pub(crate) fn only_simulated(params: &Value, simulated: &[&str]) -> Result<(), StripeError> {
    let foreign = params.as_object().into_iter().flatten().map(|(name, _)| name);
    match foreign.into_iter().find(|name| !simulated.contains(&name.as_str())) {
        Some(name) => Err(not_simulated(name)),
        None if params["capture_method"] == "manual" => Err(not_simulated("capture_method")),
        None => Ok(()),
    }
}

/// The sandbox's own refusal, told apart from Stripe's by its code.
pub(crate) fn not_simulated(param: &str) -> StripeError {
    StripeError::invalid(format!(
        "The Stripe sandbox does not simulate the parameter {param}; Stripe itself has it."
    ))
    .code("sandbox_not_simulated")
    .param(param)
}

/// `POST /v1/payment_intents`.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED)?;
    let amount = params["amount"].as_i64().ok_or_else(|| {
        StripeError::invalid("Missing required param: amount.").code("parameter_missing").param("amount")
    })?;
    super::amounts::check(amount, text(params, "currency"), "amount")?;
    if let Some(customer) = params["customer"].as_str() {
        tx.load("customer", customer, "customer")?;
    }
    let intent = open(tx, amount, text(params, "currency"), params);
    emit(tx, "payment_intent.created", &intent);
    Ok(intent)
}

/// A new intent in `requires_payment_method`, saved; the event is the caller's.
pub(crate) fn open(tx: &mut Tx<'_>, amount: i64, currency: &str, params: &Value) -> Value {
    let id = tx.id("pi_3", 23);
    let secret = tx.id(&format!("{id}_secret_"), 25);
    let or_null = |name: &str| params[name].clone();
    let mut intent = build(
        "payment_intent",
        json!({
            "id": id, "client_secret": secret, "amount": amount, "amount_received": 0, "amount_capturable": 0,
            "currency": currency.to_lowercase(), "created": tx.now, "status": "requires_payment_method",
            "automatic_payment_methods": { "allow_redirects": redirects(params), "enabled": true },
            "canceled_at": null, "cancellation_reason": null, "capture_method": "automatic_async",
            "customer": or_null("customer"), "description": or_null("description"),
            "last_payment_error": null, "latest_charge": null, "metadata": super::objects::members(&params["metadata"]),
            "next_action": null, "payment_method": null, "payment_method_configuration_details": null,
            "payment_method_options": {}, "payment_method_types": ["card", "sepa_debit"], "processing": null,
            "receipt_email": or_null("receipt_email"), "setup_future_usage": or_null("setup_future_usage"),
            "shipping": null, "statement_descriptor": or_null("statement_descriptor"),
            "statement_descriptor_suffix": or_null("statement_descriptor_suffix"), "transfer_data": null,
            "transfer_group": or_null("transfer_group"), "managed_payments": null,
            "excluded_payment_method_types": or_null("excluded_payment_method_types"),
        }),
    );
    if intent["excluded_payment_method_types"].is_null() {
        leave_out(&mut intent, &["excluded_payment_method_types"]);
    }
    leave_out(&mut intent, &["source"]);
    tx.save(&intent);
    intent
}

/// Whether ways of paying that redirect are accepted: always, unless it is said otherwise.
fn redirects(params: &Value) -> &str {
    params["automatic_payment_methods"]["allow_redirects"].as_str().unwrap_or("always")
}

/// `POST /v1/payment_intents/{intent}`: metadata, description and the other words, and the amount while unpaid.
pub(crate) fn update(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED)?;
    let mut intent = tx.load("payment_intent", id, "intent")?;
    if params.get("amount").is_some() || params.get("currency").is_some() {
        may_be_confirmed(&intent)?;
        let amount = params["amount"].as_i64().or(intent["amount"].as_i64()).unwrap_or_default();
        let currency = params["currency"].as_str().unwrap_or(text(&intent, "currency")).to_lowercase();
        super::amounts::check(amount, &currency, "amount")?;
        overlay(&mut intent, json!({ "amount": amount, "currency": currency }));
    }
    for name in ["description", "receipt_email", "transfer_group", "setup_future_usage"] {
        if let Some(value) = params.get(name) {
            intent[name] = value.clone();
        }
    }
    if let Some(metadata) = params.get("metadata") {
        intent["metadata"] = merge_metadata(&intent["metadata"], metadata);
    }
    tx.save(&intent);
    Ok(intent)
}

/// `POST /v1/payment_intents/{intent}/cancel`.
pub(crate) fn cancel(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    let mut intent = tx.load("payment_intent", id, "intent")?;
    not_of_a_session(tx, id, "cancel")?;
    if may_be_confirmed(&intent).is_err() {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a \
             PaymentIntent with one of the following statuses may be canceled: requires_payment_method, \
             requires_capture, requires_confirmation, requires_action, processing.",
            text(&intent, "status")
        );
        return Err(StripeError::invalid(message)
            .code("payment_intent_unexpected_state")
            .with("payment_intent", intent));
    }
    overlay(
        &mut intent,
        json!({
            "status": "canceled", "canceled_at": tx.now, "cancellation_reason": params["cancellation_reason"],
            "next_action": null,
        }),
    );
    tx.save(&intent);
    emit(tx, "payment_intent.canceled", &intent);
    Ok(intent)
}

/// `POST /v1/payment_intents/{intent}/confirm`, with one of Stripe's test payment methods (`pm_card_visa`...), or
/// with a saved card.
pub(crate) fn confirm_by_method(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["payment_method", "off_session", "return_url", "expand"])?;
    let intent = tx.load("payment_intent", id, "intent")?;
    not_of_a_session(tx, id, "confirm")?;
    has_way_back(&intent, params)?;
    match test_method(text(params, "payment_method")) {
        Some(card) => confirm(tx, id, &CardEntry::number(card), BankAnswer::Open),
        None => super::off_session::confirm(tx, id, params),
    }
}

const NO_WAY_BACK: &str = "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because \
                           some of these payment methods might redirect your customer off of your page, you must provide \
                           a `return_url`. If you don't want to accept redirect-based payment methods, set \
                           `automatic_payment_methods[enabled]` to `true` and \
                           `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment \
                           Intents.";

/// What accepts ways of paying that redirect is confirmed with a page to come back to, whichever way is used.
/// Source: <https://docs.stripe.com/api/payment_intents/create#create_payment_intent-automatic_payment_methods-allow_redirects>.
fn has_way_back(intent: &Value, params: &Value) -> Result<(), StripeError> {
    let may_redirect = intent["automatic_payment_methods"]["allow_redirects"] == "always";
    if may_redirect && text(params, "return_url").is_empty() {
        return Err(StripeError::invalid(NO_WAY_BACK));
    }
    Ok(())
}

/// Source: <https://docs.stripe.com/testing#cards>, the column of PaymentMethods.
fn test_method(method: &str) -> Option<&'static str> {
    Some(match method {
        "pm_card_visa" => "4242424242424242",
        "pm_card_mastercard" => "5555555555554444",
        "pm_card_visa_chargeDeclined" => "4000000000000002",
        "pm_card_visa_chargeDeclinedInsufficientFunds" => "4000000000009995",
        "pm_card_authenticationRequired" => "4000002760003184",
        "pm_card_createDispute" => "4000000000000259",
        "pm_card_refundFail" => "4000000000005126",
        "pm_card_bypassPending" => "4000000000000077",
        _ => return None,
    })
}

/// What the phone's payment sheet does: tries a card on the intent.
pub(crate) fn confirm(
    tx: &mut Tx<'_>,
    id: &str,
    card: &CardEntry,
    bank: BankAnswer,
) -> Result<Value, StripeError> {
    let intent = tx.load("payment_intent", id, "intent")?;
    not_of_a_session(tx, id, "confirm")?;
    let email = intent["receipt_email"].clone();
    match try_card(tx, intent, card, email, bank)? {
        Attempt::Paid(intent) => {
            super::disputes::open_by_card(tx, &intent);
            Ok(intent)
        }
        Attempt::AsksBank(intent) => Ok(intent),
        Attempt::Declined(error) => Err(error),
    }
}

pub(crate) fn not_of_a_session(tx: &Tx<'_>, id: &str, verb: &str) -> Result<(), StripeError> {
    if tx.note(notes::INTENT, id)["session"].is_string() {
        let message = format!(
            "You cannot {verb} this PaymentIntent directly: it was created by a Checkout Session. Expire the \
                       Checkout Session instead."
        );
        return Err(StripeError::invalid(message).code("payment_intent_unexpected_state"));
    }
    Ok(())
}
