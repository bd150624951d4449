//! Checkout Sessions: opened by us, paid or left by the buyer, expired by us or by time.
//!
//! It keeps true that only an open session can be paid or expired, that its total is the sum of its lines, and
//! that its life is between 30 minutes and 24 hours (<https://docs.stripe.com/api/checkout/sessions/create>).
//! Those of mode `subscription` are in `recurring`, cards that are kept in `saved`. Setup, discounts, shipping and Stripe Tax are not simulated.

mod create;
mod recurring;
pub(crate) mod saved;

use serde_json::{Value, json};

use super::cards::CardEntry;
use super::charges::Payment;
use super::disputes;
use super::error::StripeError;
use super::events::emit;
use super::intents;
use super::objects::{build, leave_out, list, overlay, text};
use super::payment::{self, Attempt, BankAnswer, try_card};
use super::state::notes;
use super::tx::Tx;

pub(crate) use create::create;

const OBJECT: &str = "checkout.session";

/// How a debit is shown until it is settled; Stripe's test IBAN
/// (<https://docs.stripe.com/testing#sepa-direct-debit>).
const TEST_IBAN_LAST4: &str = "3000";

/// What came of the buyer's click on Pay.
pub(crate) enum Paying {
    /// The session is complete.
    Complete(Value),
    /// The bank asks the buyer first.
    AsksBank,
}

/// `POST /v1/checkout/sessions/{session}/expire`.
pub(crate) fn expire(tx: &mut Tx<'_>, id: &str) -> Result<Value, StripeError> {
    let session = tx.load(OBJECT, id, "session")?;
    if session["status"] != "open" {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status \
             of {}.",
            text(&session, "status")
        );
        return Err(StripeError::invalid(message));
    }
    Ok(close(tx, session))
}

/// Expires every open session whose time is over, and notes when the next one is.
pub(crate) fn expire_due(tx: &mut Tx<'_>) {
    let open: Vec<Value> =
        tx.store.rows(OBJECT).filter(|session| session["status"] == "open").cloned().collect();
    for session in open {
        let end = session["expires_at"].as_i64().unwrap_or(i64::MAX);
        if end <= tx.now {
            close(tx, session);
        } else {
            *tx.next_due = (*tx.next_due).min(end);
        }
    }
}

fn close(tx: &mut Tx<'_>, mut session: Value) -> Value {
    overlay(&mut session, json!({ "status": "expired", "url": null }));
    tx.save(&session);
    if let Some(intent) = session["payment_intent"].as_str() {
        cancel_intent(tx, intent);
    }
    emit(tx, "checkout.session.expired", &session);
    session
}

fn cancel_intent(tx: &mut Tx<'_>, id: &str) {
    if let Ok(mut intent) = tx.load("payment_intent", id, "intent") {
        overlay(
            &mut intent,
            json!({
                "status": "canceled", "canceled_at": tx.now, "cancellation_reason": "automatic",
                "next_action": null,
            }),
        );
        tx.save(&intent);
        emit(tx, "payment_intent.canceled", &intent);
    }
}

/// The buyer pays with a card on the hosted page, and may let it be kept.
///
/// # Errors
/// That the session is not open, what the form refuses, or the decline.
pub(crate) fn pay(
    tx: &mut Tx<'_>,
    id: &str,
    card: &CardEntry,
    email: Option<&str>,
    bank: BankAnswer,
    keep: bool,
) -> Result<Paying, StripeError> {
    let mut session = payable(tx, id)?;
    let email = buyer_email(tx, &session, email);
    super::cards::read(card, tx.now)?;
    if session["mode"] == "subscription" {
        return recurring::pay(tx, session, card, email, bank);
    }
    let intent = intent_of(tx, &mut session);
    match try_card(tx, intent, card, email.clone(), bank)? {
        Attempt::Paid(intent) => {
            saved::keep(tx, &session, &intent, keep);
            let session = complete(tx, session, &intent, email, "paid");
            disputes::open_by_card(tx, &intent);
            Ok(Paying::Complete(session))
        }
        Attempt::AsksBank(_) => Ok(Paying::AsksBank),
        Attempt::Declined(error) => Err(error),
    }
}

/// The buyer pays by SEPA debit: the session is complete, the money comes or fails days later.
///
/// # Errors
/// That the session is not open, or that it does not take debits.
pub(crate) fn pay_by_debit(tx: &mut Tx<'_>, id: &str, email: Option<&str>) -> Result<Value, StripeError> {
    let mut session = payable(tx, id)?;
    if !takes_debit(&session) {
        return Err(StripeError::invalid(
            "The payment method type sepa_debit is not available for this session.",
        ));
    }
    let email = buyer_email(tx, &session, email);
    let mut intent = intent_of(tx, &mut session);
    overlay(&mut intent, json!({ "status": "processing", "processing": null }));
    tx.save(&intent);
    emit(tx, "payment_intent.processing", &intent);
    Ok(complete(tx, session, &intent, email, "unpaid"))
}

/// Whether the session offers a method that settles later: SEPA debits are in euro and can be excluded.
pub(crate) fn takes_debit(session: &Value) -> bool {
    let named = |list: &Value| list.as_array().is_some_and(|all| all.iter().any(|kind| kind == "sepa_debit"));
    session["currency"] == "eur"
        && session["mode"] == "payment"
        && named(&session["payment_method_types"])
        && !named(&session["excluded_payment_method_types"])
}

/// The debit of a complete but unpaid session settles or fails.
///
/// # Errors
/// That the session does not wait for a debit.
pub(crate) fn settle(tx: &mut Tx<'_>, id: &str, succeeded: bool) -> Result<Value, StripeError> {
    let mut session = tx.load(OBJECT, id, "session")?;
    let intent = tx.load("payment_intent", text(&session, "payment_intent"), "payment_intent")?;
    if intent["status"] != "processing" {
        return Err(StripeError::invalid(format!(
            "The payment of {id} is not processing; there is nothing to settle."
        )));
    }
    let email = session["customer_details"]["email"].clone();
    settle_debit(tx, intent, email, succeeded);
    if succeeded {
        session["payment_status"] = "paid".into();
        tx.save(&session);
        emit(tx, "checkout.session.async_payment_succeeded", &session);
    } else {
        emit(tx, "checkout.session.async_payment_failed", &session);
    }
    Ok(session)
}

/// A debit that was on its way arrives, or the bank sends it back.
pub(crate) fn settle_debit(tx: &mut Tx<'_>, intent: Value, email: Value, succeeded: bool) {
    let details = json!({ "type": "sepa_debit", "sepa_debit": {
        "bank_code": "37040044", "branch_code": null, "country": "DE", 
        "fingerprint": null, "last4": TEST_IBAN_LAST4, "mandate": null,
    } });
    let method = debit_method(tx, &intent);
    let method_id = text(&method, "id").to_owned();
    let snapshot = intent.clone();
    let payment = Payment { intent: &snapshot, method: &method_id, details, email, available_at_once: false };
    if succeeded {
        payment::pay(tx, intent, &payment);
    } else {
        let error = StripeError::card("payment_intent_payment_attempt_failed", "The payment failed.");
        payment::decline(tx, intent, &payment, &method, error);
    }
}

fn debit_method(tx: &mut Tx<'_>, intent: &Value) -> Value {
    let id = tx.id("pm_1", 23);
    let mut method = build(
        "payment_method",
        json!({
            "id": id, "created": tx.now, "metadata": {}, "type": "sepa_debit", "customer": intent["customer"],
            "sepa_debit": {
                "bank_code": "37040044", "branch_code": null, "country": "DE", "fingerprint": null,
                "generated_from": null, "last4": TEST_IBAN_LAST4,
            },
        }),
    );
    leave_out(&mut method, &["card", "radar_options"]);
    tx.save(&method);
    method
}

fn payable(tx: &Tx<'_>, id: &str) -> Result<Value, StripeError> {
    let session = tx.load(OBJECT, id, "session")?;
    match text(&session, "status") {
        "open" => Ok(session),
        "complete" => Err(StripeError::invalid("This Checkout Session has already been paid.")),
        status => {
            Err(StripeError::invalid(format!("This Checkout Session is {status} and can no longer be paid.")))
        }
    }
}

/// The e-mail address the form starts with: the session's, or its customer's.
pub(crate) fn prefilled_email(tx: &Tx<'_>, session: &Value) -> Option<String> {
    let of_customer = session["customer"].as_str().and_then(|id| tx.load("customer", id, "customer").ok());
    let known = session["customer_email"].as_str().map(str::to_owned);
    known.or_else(|| of_customer.and_then(|customer| customer["email"].as_str().map(str::to_owned)))
}

fn buyer_email(tx: &Tx<'_>, session: &Value, typed: Option<&str>) -> Value {
    prefilled_email(tx, session).or_else(|| typed.map(str::to_owned)).map_or(Value::Null, Value::from)
}

/// The session's intent, made at the first attempt to pay, as Stripe does since API version 2022-08-01.
fn intent_of(tx: &mut Tx<'_>, session: &mut Value) -> Value {
    if let Some(found) =
        session["payment_intent"].as_str().and_then(|id| tx.store.get("payment_intent", id).cloned())
    {
        return found;
    }
    let id = text(session, "id").to_owned();
    let mut params = tx.note(notes::SESSION, &id)["payment_intent_data"].clone();
    if !params.is_object() {
        params = json!({});
    }
    params["customer"] = session["customer"].clone();
    let amount = session["amount_total"].as_i64().unwrap_or_default();
    let intent = intents::open(tx, amount, text(session, "currency"), &params);
    tx.store.put(notes::INTENT, text(&intent, "id"), json!({ "session": id }));
    emit(tx, "payment_intent.created", &intent);
    session["payment_intent"] = intent["id"].clone();
    tx.save(session);
    intent
}

fn complete(
    tx: &mut Tx<'_>,
    mut session: Value,
    intent: &Value,
    email: Value,
    payment_status: &str,
) -> Value {
    overlay(
        &mut session,
        json!({
            "status": "complete", "payment_status": payment_status, "url": null, "payment_intent": intent["id"],
            "customer_details": {
                "address": null, "business_name": null, "email": email, "individual_name": null, "name": null,
                "phone": null, "tax_exempt": "none", "tax_ids": [],
            },
        }),
    );
    if session["customer"].is_null() && session["customer_creation"] == "always" {
        let customer = super::customers::make(tx, &json!({ "email": email }));
        session["customer"] = customer["id"].clone();
    }
    tx.save(&session);
    emit(tx, "checkout.session.completed", &session);
    session
}

/// `GET /v1/checkout/sessions/{session}/line_items`, and what `expand[]=line_items` shows.
pub(crate) fn line_items(tx: &Tx<'_>, id: &str) -> Result<Value, StripeError> {
    tx.load(OBJECT, id, "session")?;
    let lines = tx.note(notes::SESSION, id)["line_items"].as_array().cloned().unwrap_or_default();
    Ok(list(&format!("/v1/checkout/sessions/{id}/line_items"), lines, false))
}
