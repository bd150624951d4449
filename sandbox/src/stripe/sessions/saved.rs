//! Cards a customer lets Checkout keep: saved when the buyer ticks the box, offered when they come back, taken away by
//! them.
//!
//! It keeps true that a one-off payment saves nothing unless the buyer agrees on the page, and that only cards saved with
//! that consent (`allow_redisplay: always`) are offered unless the session asks for others. A saved card whose bank asks
//! each time is not simulated.
//! Sources: <https://support.stripe.com/questions/prefilling-saved-cards-in-checkout>,
//! <https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-saved_payment_method_options>.

use serde_json::{Value, json};

use super::{Paying, buyer_email, complete, intent_of, payable};
use crate::stripe::StripeSandbox;
use crate::stripe::cards::{CardEntry, refused_off_session};
use crate::stripe::charges::Payment;
use crate::stripe::error::StripeError;
use crate::stripe::events::emit;
use crate::stripe::intents::not_simulated;
use crate::stripe::objects::text;
use crate::stripe::payment::{self, BankAnswer};
use crate::stripe::tx::{Caller, Tx};

const METHOD: &str = "payment_method";
const OPTIONS: &str = "saved_payment_method_options";

/// What a session shows of the options it was opened with.
pub(super) fn options(params: &Value) -> Value {
    let Some(asked) = params.get(OPTIONS).filter(|asked| asked.is_object()) else { return Value::Null };
    let or = |name: &str, fallback: Value| asked.get(name).cloned().unwrap_or(fallback);
    json!({
        "allow_redisplay_filters": or("allow_redisplay_filters", json!(["always"])),
        "payment_method_remove": or("payment_method_remove", json!("disabled")),
        "payment_method_save": or("payment_method_save", json!("disabled")),
    })
}

/// Whether the page shows the box with which the buyer lets the card be kept.
pub(crate) fn may_keep(session: &Value) -> bool {
    session["mode"] == "payment"
        && session["customer"].is_string()
        && session[OPTIONS]["payment_method_save"] == "enabled"
}

/// Whether the page lets the buyer take a saved card away.
pub(crate) fn may_remove(session: &Value) -> bool {
    session[OPTIONS]["payment_method_remove"] == "enabled"
}

/// The saved cards the page offers, oldest first.
pub(crate) fn offered(tx: &Tx<'_>, session: &Value) -> Vec<Value> {
    if !session["customer"].is_string() {
        return Vec::new();
    }
    let always = json!(["always"]);
    let asked = &session[OPTIONS]["allow_redisplay_filters"];
    let filters = if asked.is_array() { asked } else { &always };
    let is_offered = |method: &&Value| {
        method["customer"] == session["customer"]
            && method["type"] == "card"
            && filters.as_array().into_iter().flatten().any(|one| *one == method["allow_redisplay"])
    };
    tx.store.rows(METHOD).filter(is_offered).cloned().collect()
}

/// After a one-off payment: the card is kept as the buyer agreed, or as the payment said; otherwise it is nobody's.
pub(super) fn keep(tx: &mut Tx<'_>, session: &Value, intent: &Value, ticked: bool) {
    let Ok(mut method) = tx.load(METHOD, text(intent, METHOD), METHOD) else { return };
    let redisplay = match (ticked && may_keep(session), intent["setup_future_usage"].is_string()) {
        (true, _) => "always",
        (false, true) => "limited",
        (false, false) => {
            method["customer"] = Value::Null;
            return tx.save(&method);
        }
    };
    method["allow_redisplay"] = redisplay.into();
    tx.save(&method);
    emit(tx, "payment_method.attached", &method);
}

/// A card that is kept to collect a subscription from is not offered for other purchases.
pub(super) fn keep_for_subscription(tx: &mut Tx<'_>, method: &str) {
    if let Ok(mut method) = tx.load(METHOD, method, METHOD) {
        method["allow_redisplay"] = "limited".into();
        tx.save(&method);
    }
}

/// The buyer pays with one of the cards the page offers.
pub(crate) fn pay(tx: &mut Tx<'_>, id: &str, method: &str) -> Result<Paying, StripeError> {
    let mut session = payable(tx, id)?;
    let method = of_page(tx, &session, method)?;
    let email = buyer_email(tx, &session, None);
    let mut intent = intent_of(tx, &mut session);
    payment::may_be_confirmed(&intent)?;
    intent["payment_method"] = method["id"].clone();
    let snapshot = intent.clone();
    let paying = Payment {
        intent: &snapshot,
        method: text(&method, "id"),
        details: crate::stripe::invoices::details(&method),
        email: email.clone(),
        available_at_once: false,
    };
    match refused_off_session(text(&method["card"], "last4")) {
        None => {
            let intent = payment::pay(tx, intent, &paying);
            Ok(Paying::Complete(complete(tx, session, &intent, email, "paid")))
        }
        Some(error) if error.code_text() == Some("authentication_required") => {
            Err(not_simulated("a saved card whose bank asks"))
        }
        Some(error) => Err(payment::decline(tx, intent, &paying, &method, error)),
    }
}

/// The buyer takes a saved card away: it is nobody's any more.
pub(crate) fn remove(tx: &mut Tx<'_>, id: &str, method: &str) -> Result<Value, StripeError> {
    let session = payable(tx, id)?;
    if !may_remove(&session) {
        return Err(StripeError::invalid("This page does not let its buyer remove payment methods."));
    }
    let mut method = of_page(tx, &session, method)?;
    method["customer"] = Value::Null;
    tx.save(&method);
    emit(tx, "payment_method.detached", &method);
    Ok(method)
}

fn of_page(tx: &Tx<'_>, session: &Value, method: &str) -> Result<Value, StripeError> {
    let found = offered(tx, session).into_iter().find(|one| one["id"] == method);
    found.ok_or_else(|| StripeError::missing("PaymentMethod", method, METHOD))
}

impl StripeSandbox {
    /// As [`pay`](Self::pay), with the box ticked that lets the card be kept.
    ///
    /// # Errors
    /// The decline, or that the session cannot be paid, or shows no such box.
    pub fn pay_and_keep(&self, session: &str, card: &str) -> Result<Value, StripeError> {
        self.pay_and_keep_until(session, card, "")
    }

    /// The same with a card that is good until then, `MM/YY`.
    ///
    /// # Errors
    /// As above, or that this is past.
    pub fn pay_and_keep_until(&self, session: &str, card: &str, expiry: &str) -> Result<Value, StripeError> {
        let entry = CardEntry { expiry: expiry.to_owned(), ..CardEntry::number(card) };
        let paid = self.engine.transact(Caller::default(), |tx| {
            if !may_keep(&tx.load(super::OBJECT, session, "session")?) {
                return Err(StripeError::invalid("This page does not offer to keep the card."));
            }
            super::pay(tx, session, &entry, None, BankAnswer::Complete, true)
        })?;
        match paid {
            Paying::Complete(session) => Ok(session),
            Paying::AsksBank => self.session(session),
        }
    }

    /// The saved cards the page offers, oldest first.
    ///
    /// # Errors
    /// That there is no such session.
    pub fn offered_cards(&self, session: &str) -> Result<Vec<Value>, StripeError> {
        self.engine.transact(Caller::default(), |tx| {
            let session = tx.load(super::OBJECT, session, "session")?;
            Ok(offered(tx, &session))
        })
    }

    /// The buyer pays on the hosted page with a card it offers.
    ///
    /// # Errors
    /// The decline, or that the page does not offer this card.
    pub fn pay_with_saved(&self, session: &str, method: &str) -> Result<Value, StripeError> {
        match self.engine.transact(Caller::default(), |tx| pay(tx, session, method))? {
            Paying::Complete(session) => Ok(session),
            Paying::AsksBank => self.session(session),
        }
    }

    /// The buyer takes a card away on the hosted page.
    ///
    /// # Errors
    /// That the page does not offer this card, or does not let it be removed.
    pub fn remove_saved(&self, session: &str, method: &str) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| remove(tx, session, method))
    }
}
