//! Invoices of subscriptions: drawn up at the start of a period, finalized an hour later, paid or tried again.
//!
//! It keeps true that an invoice is paid once, by one PaymentIntent whose charge has its balance transaction, and
//! that one over nothing is paid without any (<https://docs.stripe.com/billing/invoices/subscription>). Invoices made
//! by hand, credit notes, proration, discounts and taxes are not simulated.

use serde_json::{Value, json};

use super::charges::Payment;
use super::events::emit;
use super::intents;
use super::objects::{build, leave_out, list, overlay, text};
use super::payment;
use super::state::notes;
use super::tx::Tx;

/// How an attempt to collect went.
pub(crate) enum Collected {
    Paid,
    Failed,
}

/// A draft over the subscription's price for a period; `amount` is nothing while a trial lasts.
pub(crate) fn draft(tx: &mut Tx<'_>, subscription: &Value, reason: &str, amount: i64) -> Value {
    let id = tx.id("in_1", 23);
    let mut invoice = object(tx, &id, subscription, reason, amount);
    invoice["lines"] = lines(tx, &id, subscription, amount);
    leave_out(&mut invoice, &["payments", "threshold_reason", "subscription"]);
    tx.save(&invoice);
    emit(tx, "invoice.created", &invoice);
    invoice
}

fn object(tx: &Tx<'_>, id: &str, subscription: &Value, reason: &str, amount: i64) -> Value {
    let customer = tx.store.find(text(subscription, "customer")).cloned().unwrap_or_default();
    let mut invoice = build(
        "invoice",
        json!({
            "id": id, "amount_due": amount, "amount_overpaid": 0, "amount_paid": 0, "amount_paid_off_stripe": 0,
            "amount_remaining": amount, "attempt_count": 0, "attempted": false, "auto_advance": true,
            "automatically_finalizes_at": tx.now + super::subscriptions::DRAFT_FOR, "billing_reason": reason,
            "created": tx.now, "currency": subscription["currency"], "customer": subscription["customer"],
            "customer_address": null, "customer_email": customer["email"], "customer_name": customer["name"],
            "customer_shipping": null, "currency": subscription["currency"],
        }),
    );
    let rest = json!({
            "due_date": null, "effective_at": null, "from_invoice": null,
            "last_finalization_error": null, "livemode": false, "metadata": {}, "next_payment_attempt": null,
            "parent": {
                "type": "subscription_details", "quote_details": null,
                "subscription_details": {
                    "metadata": subscription["metadata"], "subscription": subscription["id"],
                },
            },
            "payment_settings": {
                "default_mandate": null, "payment_method_options": null, "payment_method_types": null,
            },
            "period_start": tx.now, "period_end": tx.now, "rendering": null, "shipping_cost": null,
            "shipping_details": null, "status": "draft", "subtotal": amount, "subtotal_excluding_tax": amount,
            "total": amount, "total_excluding_tax": amount, "webhooks_delivered_at": null,
            "status_transitions": {
                "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
            },
    });
    overlay(&mut invoice, rest);
    invoice
}

fn lines(tx: &mut Tx<'_>, id: &str, subscription: &Value, amount: i64) -> Value {
    let item = &subscription["items"]["data"][0];
    let line = tx.id("il_1", 23);
    let line = build(
        "line_item",
        json!({
            "id": line, "amount": amount, "currency": subscription["currency"], "discountable": true,
            "description": "1 × membership", "invoice": id, "livemode": false, "metadata": subscription["metadata"],
            "parent": {
                "type": "subscription_item_details", "invoice_item_details": null,
                "subscription_item_details": {
                    "invoice_item": null, "proration": false, "proration_details": null,
                    "subscription": subscription["id"], "subscription_item": item["id"],
                },
            },
            "period": { "start": item["current_period_start"], "end": item["current_period_end"] },
            "pricing": {
                "type": "price_details", "unit_amount_decimal": amount.to_string(),
                "price_details": { "price": item["price"]["id"], "product": item["price"]["product"] },
            },
            "quantity": 1, "subscription": subscription["id"], "subtotal": amount,
        }),
    );
    list(&format!("/v1/invoices/{id}/lines"), vec![line], false)
}

/// Fixes a draft; from here on it can only be paid, or stay open.
pub(crate) fn finalize(tx: &mut Tx<'_>, mut invoice: Value) -> Value {
    overlay(
        &mut invoice,
        json!({ "status": "open", "automatically_finalizes_at": null, "effective_at": tx.now }),
    );
    let page = format!("{}/invoices/{}", tx.settings.public_base, text(&invoice, "id"));
    invoice["hosted_invoice_url"] = page.into();
    invoice["status_transitions"]["finalized_at"] = tx.now.into();
    tx.save(&invoice);
    emit(tx, "invoice.finalized", &invoice);
    invoice
}

/// Collects an open invoice from the subscription's card while its holder is away.
pub(crate) fn collect(tx: &mut Tx<'_>, invoice: Value, method: &str) -> Collected {
    if invoice["amount_due"] == 0 {
        set_paid(tx, invoice, None);
        return Collected::Paid;
    }
    let intent = intent_of(tx, &invoice);
    let Ok(method) = tx.load("payment_method", method, "payment_method") else {
        set_failed(tx, invoice);
        return Collected::Failed;
    };
    let snapshot = intent.clone();
    let payment = Payment {
        intent: &snapshot,
        method: text(&method, "id"),
        details: details(&method),
        email: invoice["customer_email"].clone(),
        available_at_once: false,
    };
    match super::cards::refused_off_session(text(&method["card"], "last4")) {
        None => {
            let intent = payment::pay(tx, intent, &payment);
            set_paid(tx, invoice, Some(&intent));
            Collected::Paid
        }
        Some(error) => {
            payment::decline(tx, intent, &payment, &method, error);
            set_failed(tx, invoice);
            Collected::Failed
        }
    }
}

/// The invoice's PaymentIntent, made at the first attempt to collect.
fn intent_of(tx: &mut Tx<'_>, invoice: &Value) -> Value {
    let id = text(invoice, "id").to_owned();
    let known = tx.store.rows("invoice_payment").find(|payment| payment["invoice"] == id.as_str());
    let known = known.and_then(|payment| payment["payment"]["payment_intent"].as_str().map(str::to_owned));
    if let Some(intent) = known.and_then(|intent| tx.store.get("payment_intent", &intent).cloned()) {
        return intent;
    }
    let params = json!({ "customer": invoice["customer"], "description": "Subscription update" });
    let amount = invoice["amount_due"].as_i64().unwrap_or_default();
    let intent = intents::open(tx, amount, text(invoice, "currency"), &params);
    tx.store.put(notes::INTENT, text(&intent, "id"), json!({ "invoice": id }));
    emit(tx, "payment_intent.created", &intent);
    note_payment(tx, invoice, &intent, "open");
    intent
}

/// The row that ties an invoice to its PaymentIntent.
fn note_payment(tx: &mut Tx<'_>, invoice: &Value, intent: &Value, status: &str) -> Value {
    let found = tx.store.rows("invoice_payment").find(|known| known["invoice"] == invoice["id"]).cloned();
    let paid = status == "paid";
    let id = match &found {
        Some(known) => text(known, "id").to_owned(),
        None => tx.id("inpay_1", 23),
    };
    let created = found.map_or(Value::from(tx.now), |known| known["created"].clone());
    let row = build(
        "invoice_payment",
        json!({
            "id": id, "invoice": invoice["id"], "currency": invoice["currency"], "created": created,
            "amount_requested": invoice["amount_due"], "is_default": true, "livemode": false, "status": status,
            "amount_paid": if paid { invoice["amount_due"].clone() } else { Value::Null },
            "payment": { "type": "payment_intent", "payment_intent": intent["id"] },
            "status_transitions": {
                "canceled_at": null, "paid_at": if paid { Value::from(tx.now) } else { Value::Null },
            },
        }),
    );
    tx.save(&row);
    row
}

/// The invoice is paid: by that intent, or by nothing because nothing was due.
pub(crate) fn set_paid(tx: &mut Tx<'_>, mut invoice: Value, intent: Option<&Value>) -> Value {
    let due = invoice["amount_due"].clone();
    let attempts = invoice["attempt_count"].as_i64().unwrap_or_default() + 1;
    overlay(
        &mut invoice,
        json!({
            "status": "paid", "amount_paid": due, "amount_remaining": 0, "attempted": true,
            "next_payment_attempt": null, "auto_advance": false,
            "attempt_count": attempts,
        }),
    );
    invoice["status_transitions"]["paid_at"] = tx.now.into();
    tx.save(&invoice);
    if let Some(intent) = intent {
        let payment = note_payment(tx, &invoice, intent, "paid");
        emit(tx, "invoice_payment.paid", &payment);
    }
    emit(tx, "invoice.paid", &invoice);
    emit(tx, "invoice.payment_succeeded", &invoice);
    invoice
}

fn set_failed(tx: &mut Tx<'_>, mut invoice: Value) {
    let attempts = invoice["attempt_count"].as_i64().unwrap_or_default() + 1;
    let next = super::subscriptions::next_attempt(tx.now, attempts);
    overlay(
        &mut invoice,
        json!({ "attempted": true, "attempt_count": attempts, "next_payment_attempt": next }),
    );
    tx.save(&invoice);
    emit(tx, "invoice.payment_failed", &invoice);
}

/// The kept card as a charge shows it.
pub(crate) fn details(method: &Value) -> Value {
    let mut details = super::objects::fixture("charge")["payment_method_details"].clone();
    let card = &method["card"];
    overlay(
        &mut details["card"],
        json!({
            "brand": card["brand"], "network": card["brand"], "last4": card["last4"], "wallet": null,
            "exp_month": card["exp_month"], "exp_year": card["exp_year"], "three_d_secure": null,
            "installments": null,
        }),
    );
    details
}

/// An invoice of a subscription that is over is not tried again.
pub(crate) fn give_up(tx: &mut Tx<'_>, id: &str) {
    if let Ok(mut invoice) = tx.load("invoice", id, "invoice")
        && invoice["status"] != "paid"
    {
        overlay(&mut invoice, json!({ "auto_advance": false, "next_payment_attempt": null }));
        tx.save(&invoice);
    }
}

/// The invoices of a subscription or customer that pass the filter of a list.
pub(crate) fn is_listed(invoice: &Value, params: &Value) -> bool {
    let of = &invoice["parent"]["subscription_details"]["subscription"];
    super::lists::equal(invoice, params, &["customer", "status"])
        && params.get("subscription").is_none_or(|wanted| of == wanted)
}

/// The payments of invoices that pass the filter of a list.
pub(crate) fn is_payment_listed(payment: &Value, params: &Value) -> bool {
    let wanted = &params["payment"]["payment_intent"];
    super::lists::equal(payment, params, &["invoice", "status"])
        && (wanted.is_null() || payment["payment"]["payment_intent"] == *wanted)
}
