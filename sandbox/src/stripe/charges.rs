//! Charges: the money that arrived and what Stripe kept of it, or the attempt that failed.
//!
//! It keeps true that one succeeded charge has one balance transaction and a failed one has none. What happens to a
//! charge later lies with `refunds` and `disputes`.

use serde_json::{Value, json};

use super::balance::{MATURES_AFTER, Movement, book};
use super::cards::{Behaviour, TestCard};
use super::error::StripeError;
use super::objects::{build, leave_out};
use super::tx::Tx;

/// What a charge is made of, whatever the payment method.
pub(crate) struct Payment<'a> {
    pub intent: &'a Value,
    pub method: &'a str,
    pub details: Value,
    pub email: Value,
    pub available_at_once: bool,
}

/// Stripe's standard price, 2.9 % and 30 minor units, rounded half up: <https://stripe.com/pricing>.
pub(crate) fn fee(amount: i64) -> i64 {
    (amount * 29 + 500) / 1000 + 30
}

/// A successful charge and its balance transaction, both saved.
///
/// The first is as the `charge.succeeded` event shows it, without its balance transaction: Stripe books it a
/// moment later and tells so by `charge.updated`
/// (<https://docs.stripe.com/payments/payment-intents/asynchronous-capture>).
pub(crate) fn succeed(tx: &mut Tx<'_>, payment: &Payment<'_>) -> (Value, Value) {
    let id = tx.id("ch_3", 23);
    let mut charge = base(tx, &id, payment);
    let amount = charge["amount"].clone();
    super::objects::overlay(
        &mut charge,
        json!({
            "amount_captured": amount, "captured": true, "paid": true, "status": "succeeded",
            "outcome": {
                "advice_code": null, "network_advice_code": null, "network_decline_code": null,
                "network_status": "approved_by_network", "reason": null, "risk_level": "normal",
                "seller_message": "Payment complete.", "type": "authorized",
            },
        }),
    );
    charge["receipt_url"] = format!("{}/receipts/{id}", tx.settings.public_base).into();
    let first = charge.clone();
    let available_on = if payment.available_at_once { tx.now } else { tx.now + MATURES_AFTER };
    let taken = charge["amount"].as_i64().unwrap_or_default();
    let movement = Movement {
        source: &charge,
        kind: "charge",
        category: "charge",
        amount: taken,
        fee: fee(taken),
        fee_name: "Stripe processing fees",
        available_on,
    };
    let booked = book(tx, &movement);
    charge["balance_transaction"] = booked["id"].clone();
    tx.save(&charge);
    (first, charge)
}

/// A charge that the bank refused, saved; no money moved.
pub(crate) fn fail(tx: &mut Tx<'_>, payment: &Payment<'_>, error: &StripeError) -> Value {
    let id = tx.id("ch_3", 23);
    let mut charge = base(tx, &id, payment);
    let reason = error.details.get("decline_code").or(error.details.get("code")).cloned();
    super::objects::overlay(
        &mut charge,
        json!({
            "amount_captured": 0, "captured": false, "paid": false, "status": "failed",
            "failure_code": error.code_text(), "failure_message": error.message,
            "outcome": {
                "advice_code": null, "network_advice_code": null, "network_decline_code": null,
                "network_status": "declined_by_network", "reason": reason, "risk_level": "normal",
                "seller_message": "The bank did not return any further details with this decline.",
                "type": "issuer_declined",
            },
        }),
    );
    tx.save(&charge);
    charge
}

fn base(tx: &Tx<'_>, id: &str, payment: &Payment<'_>) -> Value {
    let intent = payment.intent;
    let mut charge = build(
        "charge",
        json!({
            "id": id, "amount": intent["amount"], "amount_captured": 0, "amount_refunded": 0,
            "application": null, "application_fee": null, "application_fee_amount": null,
            "balance_transaction": null, "calculated_statement_descriptor": "SANDBOX", "captured": false,
            "billing_details": {
                "address": {"city": null, "country": null, "line1": null, "line2": null, "postal_code": null,
                            "state": null},
                "email": payment.email, "name": null, "phone": null, "tax_id": null,
            },
            "created": tx.now, "currency": intent["currency"], "customer": intent["customer"],
            "description": intent["description"], "disputed": false, "metadata": intent["metadata"],
            "on_behalf_of": null, "payment_intent": intent["id"], "payment_method": payment.method,
            "payment_method_details": payment.details, "receipt_email": intent["receipt_email"],
            "receipt_url": null, "shipping": null, "transfer_data": null,
            "transfer_group": intent["transfer_group"],
        }),
    );
    leave_out(&mut charge, &["refunds", "source", "level3"]);
    charge
}

/// The card as a charge shows it.
pub(crate) fn card_details(card: &TestCard, confirmed_at_bank: bool) -> Value {
    let mut details = super::objects::fixture("charge")["payment_method_details"].clone();
    let authenticated = confirmed_at_bank.then(|| {
        json!({
            "authentication_flow": "challenge", "electronic_commerce_indicator": "05",
            "exemption_indicator": null, "result": "authenticated", "result_reason": null,
            "transaction_id": null, "version": "2.2.0",
        })
    });
    super::objects::overlay(
        &mut details["card"],
        json!({
            "brand": card.brand, "network": card.brand, "last4": card.last4(), "exp_month": card.exp_month,
            "exp_year": card.exp_year, "three_d_secure": authenticated, "wallet": null, "installments": null,
        }),
    );
    details
}

/// Whether a card's money is available at once.
pub(crate) fn is_available_at_once(card: &TestCard) -> bool {
    card.behaviour == Behaviour::PaysAtOnce
}
