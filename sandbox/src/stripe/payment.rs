//! One attempt to pay a PaymentIntent: the card or debit, the bank's question, the charge and the events.
//!
//! It keeps true that an intent is paid once, that a declined attempt leaves its failed charge and its
//! `last_payment_error` and may be repeated, and that the events come in the commit of the attempt.
//! Source: <https://docs.stripe.com/payments/paymentintents/lifecycle>.

use serde_json::{Value, json};

use super::cards::{Behaviour, CardEntry, TestCard, read};
use super::charges::{self, Payment};
use super::error::StripeError;
use super::events::emit;
use super::objects::{build, leave_out, overlay, text};
use super::tx::Tx;

/// What the buyer answers when the bank asks (3-D Secure).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankAnswer {
    /// Not asked yet: the attempt stops at the question.
    Open,
    /// The buyer completes the question.
    Complete,
    /// The buyer fails it.
    Fail,
}

/// How an attempt went; the intent as it is now.
pub(crate) enum Attempt {
    Paid(Value),
    AsksBank(Value),
    Declined(StripeError),
}

const REFUSED_BY_BANK: &str = "We are unable to authenticate your payment method. Please choose a different payment \
                               method and try again.";

/// Tries a card on an intent.
///
/// # Errors
/// What the form refuses (nothing changed then), or that the intent's state does not allow an attempt.
pub(crate) fn try_card(
    tx: &mut Tx<'_>,
    mut intent: Value,
    entry: &CardEntry,
    email: Value,
    bank: BankAnswer,
) -> Result<Attempt, StripeError> {
    may_be_confirmed(&intent)?;
    let card = read(entry, tx.now)?;
    let method = save_card(tx, &intent, &card, &email);
    overlay(&mut intent, json!({ "payment_method": method["id"], "next_action": null }));
    let asked = card.behaviour == Behaviour::AsksBank;
    let method_id = text(&method, "id").to_owned();
    let details = charges::card_details(&card, asked);
    let available_at_once = charges::is_available_at_once(&card);
    match (card.behaviour, bank) {
        (Behaviour::Declines(code, decline_code, message), _) => {
            let mut error = StripeError::card(code, message);
            if let Some(decline_code) = decline_code {
                error = error.with("decline_code", decline_code);
            }
            let snapshot = intent.clone();
            let payment =
                Payment { intent: &snapshot, method: &method_id, details, email, available_at_once };
            Ok(Attempt::Declined(decline(tx, intent, &payment, &method, error)))
        }
        (Behaviour::AsksBank, BankAnswer::Open) => Ok(Attempt::AsksBank(ask(tx, intent))),
        (Behaviour::AsksBank, BankAnswer::Fail) => {
            let error = StripeError {
                kind: "invalid_request_error",
                ..StripeError::card("payment_intent_authentication_failure", REFUSED_BY_BANK)
            };
            Ok(Attempt::Declined(refuse(tx, intent, &method, error)))
        }
        _ => {
            let snapshot = intent.clone();
            let payment =
                Payment { intent: &snapshot, method: &method_id, details, email, available_at_once };
            Ok(Attempt::Paid(pay(tx, intent, &payment)))
        }
    }
}

/// An intent can be tried while it waits for a method, a confirmation or the bank.
pub(crate) fn may_be_confirmed(intent: &Value) -> Result<(), StripeError> {
    match text(intent, "status") {
        "requires_payment_method" | "requires_confirmation" | "requires_action" => Ok(()),
        status => Err(StripeError::invalid(format!(
            "You cannot confirm this PaymentIntent because it has a status of {status}."
        ))
        .code("payment_intent_unexpected_state")
        .with("payment_intent", intent.clone())),
    }
}

/// Books the charge and makes the intent `succeeded`.
pub(crate) fn pay(tx: &mut Tx<'_>, mut intent: Value, payment: &Payment<'_>) -> Value {
    let (first, charge) = charges::succeed(tx, payment);
    let amount = intent["amount"].clone();
    overlay(
        &mut intent,
        json!({
            "status": "succeeded", "amount_received": amount, "latest_charge": charge["id"],
            "last_payment_error": null, "next_action": null, "processing": null,
        }),
    );
    tx.save(&intent);
    emit(tx, "charge.succeeded", &first);
    emit(tx, "payment_intent.succeeded", &intent);
    super::events::emit_change(tx, "charge.updated", &charge, json!({ "balance_transaction": null }));
    intent
}

/// Books the failed charge, leaves the intent open for another attempt.
pub(crate) fn decline(
    tx: &mut Tx<'_>,
    mut intent: Value,
    payment: &Payment<'_>,
    method: &Value,
    error: StripeError,
) -> StripeError {
    let charge = charges::fail(tx, payment, &error);
    intent["latest_charge"] = charge["id"].clone();
    emit(tx, "charge.failed", &charge);
    let id = text(&charge, "id").to_owned();
    refuse(tx, intent, method, error.with("charge", id))
}

/// The intent goes back to waiting for a method and says why.
fn refuse(tx: &mut Tx<'_>, mut intent: Value, method: &Value, error: StripeError) -> StripeError {
    let told = error.clone().with("payment_method", method.clone());
    overlay(
        &mut intent,
        json!({
            "status": "requires_payment_method", "payment_method": null, "next_action": null,
            "last_payment_error": told.as_error_object(),
        }),
    );
    tx.save(&intent);
    emit(tx, "payment_intent.payment_failed", &intent);
    tx.keep = true;
    error.with("payment_intent", intent)
}

fn ask(tx: &mut Tx<'_>, mut intent: Value) -> Value {
    overlay(
        &mut intent,
        json!({
            "status": "requires_action",
            "next_action": { "type": "use_stripe_sdk", "use_stripe_sdk": { "type": "three_d_secure_redirect" } },
        }),
    );
    tx.save(&intent);
    emit(tx, "payment_intent.requires_action", &intent);
    intent
}

/// Keeps a card for the customer of an intent, or of whatever else names one.
pub(crate) fn save_card(tx: &mut Tx<'_>, intent: &Value, card: &TestCard, email: &Value) -> Value {
    let id = tx.id("pm_1", 23);
    let mut method = build(
        "payment_method",
        json!({
            "id": id, "created": tx.now, "metadata": {}, "customer": intent["customer"],
            "billing_details": {
                "address": {"city": null, "country": null, "line1": null, "line2": null, "postal_code": null,
                            "state": null},
                "email": email, "name": null, "phone": null, "tax_id": null,
            },
        }),
    );
    overlay(
        &mut method["card"],
        json!({
            "brand": card.brand, "display_brand": card.brand, "last4": card.last4(),
            "exp_month": card.exp_month, "exp_year": card.exp_year, "generated_from": null, "wallet": null,
            "networks": { "available": [card.brand], "preferred": null },
        }),
    );
    leave_out(&mut method, &["radar_options"]);
    tx.save(&method);
    method
}
