//! Refunds: money back to the buyer, at once, or so it seems with the one card whose refund fails later.
//!
//! It keeps true that refunds never exceed what is left of the charge, that a charge under dispute is not refunded,
//! and that Stripe keeps its fee (<https://docs.stripe.com/refunds>). Refunds that reverse a transfer in one call are
//! not simulated: our transfers are reversed by themselves.

use serde_json::{Value, json};

use super::balance::{Movement, book};
use super::error::StripeError;
use super::events::emit;
use super::intents::only_simulated;
use super::objects::{build, leave_out, members, overlay, text};
use super::state::notes;
use super::tx::Tx;

const SIMULATED: &[&str] = &["amount", "charge", "expand", "metadata", "payment_intent", "reason"];
/// The test card 4000 0000 0000 5126: "the refund begins as succeeded; some time later it fails".
const FAILING_CARD: &str = "5126";
/// "Some time later", in seconds.
const FAILS_AFTER: i64 = 60;

/// `POST /v1/refunds`.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED)?;
    let charge = charge_of(tx, params)?;
    let left = refundable(tx, &charge)?;
    let amount = params["amount"].as_i64().unwrap_or(left);
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(StripeError::invalid(message).code("parameter_invalid_integer").param("amount"));
    }
    if amount > left {
        let message = format!(
            "Refund amount ({amount}) is greater than unrefunded amount on charge ({left}), in minor units."
        );
        return Err(StripeError::invalid(message).code("amount_too_large").param("amount"));
    }
    Ok(give_back(tx, charge, amount, params))
}

fn charge_of(tx: &Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    match (params["charge"].as_str(), params["payment_intent"].as_str()) {
        (Some(charge), None) => tx.load("charge", charge, "charge"),
        (None, Some(intent)) => {
            let intent = tx.load("payment_intent", intent, "payment_intent")?;
            let charge = text(&intent, "latest_charge");
            tx.load("charge", charge, "payment_intent").map_err(|_| {
                let message = "This PaymentIntent does not have a successful charge to refund.";
                StripeError::invalid(message).param("payment_intent")
            })
        }
        _ => Err(StripeError::invalid(
            "One of the following params should be provided: payment_intent or charge.",
        )),
    }
}

/// What is left to refund of a charge.
fn refundable(tx: &Tx<'_>, charge: &Value) -> Result<i64, StripeError> {
    let id = text(charge, "id");
    if charge["paid"] != true {
        return Err(StripeError::invalid(format!("Charge {id} has not been paid and cannot be refunded.")));
    }
    if super::disputes::stands_against(tx, id) {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(StripeError::invalid(message).code("charge_disputed"));
    }
    let left = charge["amount"].as_i64().unwrap_or_default()
        - charge["amount_refunded"].as_i64().unwrap_or_default();
    if left == 0 {
        let message = format!("Charge {id} has already been refunded.");
        return Err(StripeError::invalid(message).code("charge_already_refunded"));
    }
    Ok(left)
}

fn give_back(tx: &mut Tx<'_>, charge: Value, amount: i64, params: &Value) -> Value {
    let id = tx.id("re_3", 23);
    let mut refund = build(
        "refund",
        json!({
            "id": id, "amount": amount, "charge": charge["id"], "created": tx.now, "currency": charge["currency"],
            "customer": charge["customer"], "metadata": members(&params["metadata"]),
            "payment_intent": charge["payment_intent"], "payment_method": charge["payment_method"],
            "reason": params["reason"], "status": "succeeded",
            "destination_details": {
                "type": "card",
                "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" },
            },
        }),
    );
    leave_out(
        &mut refund,
        &["failure_balance_transaction", "failure_reason", "pending_reason", "description"],
    );
    let booked = book(tx, &movement(&refund, "refund", "refund", -amount, tx.now));
    refund["balance_transaction"] = booked["id"].clone();
    tx.save(&refund);
    let charge = set_refunded(tx, charge, amount);
    emit(tx, "refund.created", &refund);
    emit(tx, "charge.refunded", &charge);
    if charge["payment_method_details"]["card"]["last4"] == FAILING_CARD {
        let due = tx.now + FAILS_AFTER;
        tx.store.put(notes::REFUND, &id, json!({ "refund": id, "due": due }));
        *tx.next_due = (*tx.next_due).min(due);
    }
    refund
}

fn movement<'a>(
    refund: &'a Value,
    kind: &'static str,
    category: &'static str,
    amount: i64,
    now: i64,
) -> Movement<'a> {
    Movement { source: refund, kind, category, amount, fee: 0, fee_name: "", available_on: now }
}

fn set_refunded(tx: &mut Tx<'_>, mut charge: Value, by: i64) -> Value {
    let refunded = charge["amount_refunded"].as_i64().unwrap_or_default() + by;
    let whole = charge["amount"] == refunded;
    overlay(&mut charge, json!({ "amount_refunded": refunded, "refunded": whole }));
    tx.save(&charge);
    charge
}

/// Fails the refunds whose time has come, and notes when the next one is.
pub(crate) fn fail_due(tx: &mut Tx<'_>) {
    let waiting: Vec<Value> = tx.store.rows(notes::REFUND).cloned().collect();
    for note in waiting {
        let due = note["due"].as_i64().unwrap_or_default();
        if due <= tx.now {
            fail(tx, text(&note, "refund"));
        } else {
            *tx.next_due = (*tx.next_due).min(due);
        }
    }
}

/// The bank sent the money back: the refund is undone, amount for amount.
fn fail(tx: &mut Tx<'_>, id: &str) {
    tx.store.remove(notes::REFUND, id);
    let Ok(mut refund) = tx.load("refund", id, "id") else { return };
    let amount = refund["amount"].as_i64().unwrap_or_default();
    let undone = book(tx, &movement(&refund, "refund_failure", "refund_failure", amount, tx.now));
    overlay(
        &mut refund,
        json!({
            "status": "failed", "failure_reason": "expired_or_canceled_card",
            "failure_balance_transaction": undone["id"],
        }),
    );
    tx.save(&refund);
    if let Ok(charge) = tx.load("charge", text(&refund, "charge"), "charge") {
        set_refunded(tx, charge, -amount);
    }
    emit(tx, "refund.updated", &refund);
    emit(tx, "refund.failed", &refund);
}
