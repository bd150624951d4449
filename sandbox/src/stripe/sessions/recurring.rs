//! Checkout Sessions of mode `subscription`: the page takes the card and begins a subscription.
//!
//! It keeps true that nothing begins before the first invoice is paid, or, with a trial, before a card is kept
//! (<https://docs.stripe.com/payments/checkout/free-trials>); and that one session begins one subscription.

use serde_json::{Value, json};

use crate::stripe::cards::{self, CardEntry};
use crate::stripe::error::StripeError;
use crate::stripe::events::emit;
use crate::stripe::intents::{self, only_simulated};
use crate::stripe::objects::text;
use crate::stripe::payment::{Attempt, BankAnswer, save_card, try_card};
use crate::stripe::state::notes;
use crate::stripe::subscriptions::{self, Start};
use crate::stripe::tx::Tx;

use super::{Paying, complete};

const SIMULATED: &[&str] = &["description", "metadata", "trial_period_days", "trial_settings"];

/// What a session of this mode may not ask for, and the lines it must have.
pub(super) fn check(params: &Value) -> Result<(), StripeError> {
    for name in ["payment_intent_data", "customer_creation", "submit_type"] {
        if params.get(name).is_some() {
            let message = format!("You can not pass `{name}` in `subscription` mode.");
            return Err(StripeError::invalid(message).param(name));
        }
    }
    let data = &params["subscription_data"];
    if data.is_object() {
        only_simulated(data, SIMULATED)?;
    }
    if data["trial_period_days"].as_i64().is_some_and(|days| days < 1) {
        let message = "The minimum number of trial period days is 1.";
        let error = StripeError::invalid(message).code("parameter_invalid_integer");
        return Err(error.param("subscription_data[trial_period_days]"));
    }
    Ok(())
}

/// Exactly one line, and a recurring one; more is possible at Stripe and not simulated.
pub(super) fn check_lines(lines: &[Value]) -> Result<(), StripeError> {
    match lines {
        [line] if line["price"]["type"] == "recurring" && line["quantity"] == 1 => Ok(()),
        [line] if line["price"]["type"] != "recurring" => {
            let message =
                "You must provide at least one recurring price in `subscription` mode when using prices.";
            Err(StripeError::invalid(message).param("line_items"))
        }
        _ => Err(intents::not_simulated("line_items[1]")),
    }
}

/// The buyer pays the first invoice, or leaves a card for after the trial.
pub(super) fn pay(
    tx: &mut Tx<'_>,
    mut session: Value,
    card: &CardEntry,
    email: Value,
    bank: BankAnswer,
) -> Result<Paying, StripeError> {
    let note = tx.note(notes::SESSION, text(&session, "id"));
    if session["customer"].is_null() {
        let customer = crate::stripe::customers::make(tx, &json!({ "email": email }));
        session["customer"] = customer["id"].clone();
    }
    if note["subscription_data"]["trial_period_days"].is_i64() {
        let card = cards::kept(card, tx.now)?;
        let method = save_card(tx, &session, &card, &email);
        return Ok(Paying::Complete(begin(tx, session, &note, text(&method, "id"), None, email)));
    }
    let intent = first_intent(tx, &session, &note);
    match try_card(tx, intent, card, email.clone(), bank)? {
        Attempt::Paid(intent) => {
            let method = text(&intent, "payment_method").to_owned();
            let session = begin(tx, session, &note, &method, Some(&intent), email);
            Ok(Paying::Complete(session))
        }
        Attempt::AsksBank(_) => Ok(Paying::AsksBank),
        Attempt::Declined(error) => Err(error),
    }
}

fn begin(
    tx: &mut Tx<'_>,
    mut session: Value,
    note: &Value,
    method: &str,
    intent: Option<&Value>,
    email: Value,
) -> Value {
    super::saved::keep_for_subscription(tx, method);
    let customer = text(&session, "customer").to_owned();
    let start = Start {
        customer: &customer,
        price: &note["line_items"][0]["price"],
        data: &note["subscription_data"],
        method,
        intent,
    };
    let (subscription, invoice) = subscriptions::start(tx, &start);
    session["subscription"] = subscription["id"].clone();
    session["invoice"] = invoice["id"].clone();
    let status = if intent.is_some() { "paid" } else { "no_payment_required" };
    complete(tx, session, &json!({ "id": null }), email, status)
}

/// The intent of the first invoice; one for all attempts on the page.
fn first_intent(tx: &mut Tx<'_>, session: &Value, note: &Value) -> Value {
    if let Some(known) =
        note["first_intent"].as_str().and_then(|id| tx.store.get("payment_intent", id).cloned())
    {
        return known;
    }
    let id = text(session, "id").to_owned();
    let params = json!({
        "customer": session["customer"], "description": "Subscription creation",
        "setup_future_usage": "off_session",
    });
    let amount = session["amount_total"].as_i64().unwrap_or_default();
    let intent = intents::open(tx, amount, text(session, "currency"), &params);
    tx.store.put(notes::INTENT, text(&intent, "id"), json!({ "session": id }));
    let mut note = note.clone();
    note["first_intent"] = intent["id"].clone();
    tx.store.put(notes::SESSION, &id, note);
    emit(tx, "payment_intent.created", &intent);
    intent
}
