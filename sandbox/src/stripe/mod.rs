//! Stripe, in one process: its API over HTTP, its hosted pages, its signed events, and the hand of the buyer.
//!
//! It keeps true that what is tested is the adapter that ships: everything goes through bytes, every request,
//! answer and event is held against Stripe's own description (`contract`), and money is integer minor units. It
//! serves development and tests only; no real card or key belongs here.

mod accounts;
mod altered;
mod amounts;
mod balance;
mod cards;
mod charges;
mod contract;
mod control;
mod customers;
mod delivery;
mod disputes;
mod engine;
mod error;
mod events;
mod faults;
mod form;
mod http;
mod idempotency;
mod intents;
mod invoices;
mod lists;
mod objects;
mod off_session;
mod operations;
mod pages;
mod payment;
mod payouts;
mod portal;
mod prices;
mod refunds;
mod requests;
mod sessions;
mod settings;
mod sheet;
mod spec;
mod state;
mod subscriptions;
mod taxes;
mod transfers;
mod tx;

use std::sync::Arc;

use poem::Route;
use serde_json::Value;

pub use accounts::Outcome;
pub use cards::CardEntry;
pub use error::StripeError;
pub use faults::{EventFault, Fault, OperationFault};
pub use payment::BankAnswer;
pub use requests::RequestRecord;
pub use settings::{API_VERSION, StripeSettings};

use engine::Engine;
use faults::FaultPlan;
use sessions::Paying;
use tx::Caller;

/// A Stripe of one's own. Cloning it gives another handle on the same Stripe.
#[derive(Clone)]
pub struct StripeSandbox {
    engine: Arc<Engine>,
}

impl StripeSandbox {
    /// Opens the sandbox and reads its state. With `auto_deliver` it must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// When the state file cannot be read or written.
    pub fn open(settings: StripeSettings) -> std::io::Result<Self> {
        let auto_deliver = settings.auto_deliver;
        let engine = Arc::new(Engine::open(settings)?);
        if auto_deliver {
            tokio::spawn(delivery::courier(Arc::downgrade(&engine)));
        }
        Ok(Self { engine })
    }

    /// Everything the sandbox serves, to be nested at `/sandbox/stripe`: the API under `/api/v1`, the hosted pages
    /// under `/pay` and `/connect`, the control calls beside them.
    pub fn routes(&self) -> Route {
        control::routes(pages::routes(Route::new(), self), self).nest("/api", http::Api(self.clone()))
    }

    /// Posts every event that is due by the clock and returns when none is left; how many posts it took.
    pub async fn flush(&self) -> usize {
        delivery::deliver_due(&self.engine).await
    }

    /// The buyer pays on the hosted page with that card, completing 3-D Secure if asked. The session as it is then.
    ///
    /// # Errors
    /// The decline, or that the session cannot be paid.
    pub fn pay(&self, session: &str, card: &str) -> Result<Value, StripeError> {
        self.pay_with(session, &CardEntry::number(card), None, BankAnswer::Complete)
    }

    /// As [`pay`](Self::pay), with all that the page asks for.
    ///
    /// # Errors
    /// What the form refuses, the decline, or that the session cannot be paid.
    pub fn pay_with(
        &self,
        session: &str,
        card: &CardEntry,
        email: Option<&str>,
        bank: BankAnswer,
    ) -> Result<Value, StripeError> {
        let paid = self
            .engine
            .transact(Caller::default(), |tx| sessions::pay(tx, session, card, email, bank, false))?;
        match paid {
            Paying::Complete(session) => Ok(session),
            Paying::AsksBank => self.session(session),
        }
    }

    /// The buyer pays by SEPA debit: the session is complete, the money is still on its way.
    ///
    /// # Errors
    /// That the session cannot be paid so.
    pub fn pay_by_debit(&self, session: &str) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| sessions::pay_by_debit(tx, session, None))
    }

    /// The debit of a session settles (`true`) or fails.
    ///
    /// # Errors
    /// That nothing is on its way.
    pub fn settle(&self, session: &str, succeeded: bool) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| sessions::settle(tx, session, succeeded))
    }

    /// The phone's payment sheet tries a card on an intent.
    ///
    /// # Errors
    /// The decline, or that the intent cannot be confirmed.
    pub fn confirm(&self, intent: &str, card: &str, bank: BankAnswer) -> Result<Value, StripeError> {
        let card = CardEntry::number(card);
        self.engine.transact(Caller::default(), |tx| intents::confirm(tx, intent, &card, bank))
    }

    /// The phone's payment sheet pays an intent by SEPA debit: the money is still on its way.
    ///
    /// # Errors
    /// That the intent cannot be paid so.
    pub fn confirm_by_debit(&self, intent: &str) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| sheet::confirm_by_debit(tx, intent))
    }

    /// The debit of an intent settles (`true`) or fails.
    ///
    /// # Errors
    /// That nothing is on its way.
    pub fn settle_payment(&self, intent: &str, succeeded: bool) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| sheet::settle(tx, intent, succeeded))
    }

    /// Stripe expires a session.
    ///
    /// # Errors
    /// That it is not open.
    pub fn expire(&self, session: &str) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| sessions::expire(tx, session))
    }

    /// A customer changes the card their subscriptions are collected from, as on the billing portal.
    ///
    /// # Errors
    /// What the form refuses.
    pub fn change_card(&self, customer: &str, card: &str) -> Result<Value, StripeError> {
        let card = CardEntry::number(card);
        self.engine.transact(Caller::default(), |tx| portal::change_card(tx, customer, &card))
    }

    /// The creator leaves Stripe's onboarding.
    ///
    /// # Errors
    /// That there is no such account.
    pub fn onboard(&self, account: &str, outcome: Outcome) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| accounts::onboard(tx, account, outcome))
    }

    /// The buyer disputes a charge, wholly or by another amount in minor units.
    ///
    /// # Errors
    /// That there is nothing to dispute.
    pub fn dispute(&self, charge: &str, amount: Option<i64>) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| disputes::open(tx, charge, amount))
    }

    /// The buyer's bank asks about a charge; no money moves.
    ///
    /// # Errors
    /// That there is nothing to ask about.
    pub fn inquire(&self, charge: &str) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| disputes::inquire(tx, charge))
    }

    /// The bank decides a dispute, or is done asking.
    ///
    /// # Errors
    /// That it is not open.
    pub fn close_dispute(&self, dispute: &str, won: bool) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| disputes::close(tx, dispute, won))
    }

    /// A connected account pays out to its bank, in minor units of a currency.
    ///
    /// # Errors
    /// That it does not hold that much.
    pub fn pay_out(&self, account: &str, amount: i64, currency: &str) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| payouts::pay_out(tx, account, amount, currency))
    }

    /// The platform's own balance is paid out to its bank, which has it two days later.
    ///
    /// # Errors
    /// That there is too little that can be used.
    pub fn pay_out_ours(&self, amount: i64, currency: &str) -> Result<Value, StripeError> {
        let params = serde_json::json!({ "amount": amount, "currency": currency });
        self.engine.transact(Caller::default(), |tx| payouts::create(tx, &params))
    }

    /// A bank sends a payout back.
    ///
    /// # Errors
    /// That it can no longer fail.
    pub fn fail_payout(&self, payout: &str) -> Result<Value, StripeError> {
        self.engine.transact(Caller::default(), |tx| payouts::fail(tx, payout))
    }

    /// Replaces the fault plan.
    ///
    /// # Errors
    /// In words, which line cannot be understood.
    pub fn set_faults(&self, plan: Vec<Fault>, seed: u64) -> Result<(), String> {
        let plan = FaultPlan::new(plan, seed)?;
        self.engine.faults(|current| *current = plan);
        Ok(())
    }

    /// The calls of the API so far, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.engine.requests.all()
    }

    /// Every breach of Stripe's description so far; a test run with one has failed.
    pub fn violations(&self) -> Vec<String> {
        self.engine.violations.all()
    }

    /// An object of Stripe's by its id, as it is now.
    pub fn object(&self, id: &str) -> Option<Value> {
        self.engine.look(|store| store.find(id).cloned())
    }

    /// All objects of a type (`charge`, `checkout.session`, `event`...), oldest first.
    pub fn objects(&self, object: &str) -> Vec<Value> {
        self.engine.look(|store| store.rows(object).cloned().collect())
    }

    /// How many posts are still to be made, due or not.
    pub fn undelivered(&self) -> usize {
        self.engine.look(|store| store.count(state::notes::DELIVERY))
    }

    /// Queues an event once more, as the dashboard's button does; [`flush`](Self::flush) posts it.
    ///
    /// # Errors
    /// That there is no such event.
    pub fn resend_event(&self, event: &str) -> Result<(), StripeError> {
        self.engine.transact(Caller::default(), |tx| {
            let event = tx.load("event", event, "id")?;
            events::queue(tx, &event, serde_json::json!({}));
            Ok(())
        })
    }

    /// Posts a well-formed event about an object that somebody else signed; the status the platform answered.
    ///
    /// # Errors
    /// In words, that there is no endpoint or no answer.
    pub async fn forge_event(&self, kind: &str, object: &Value) -> Result<u16, String> {
        let event = objects::build(
            "event",
            serde_json::json!({
                "id": "evt_forged", "type": kind, "created": self.engine.now(), "api_version": API_VERSION,
                "data": { "object": object }, "livemode": false, "pending_webhooks": 1,
            }),
        );
        let payload = event.to_string();
        let url = self.engine.settings.platform_webhook_url.clone().ok_or("no platform endpoint is set")?;
        let signature = delivery::forged_signature(self.engine.now(), &payload);
        delivery::post(&url, payload, &signature).await
    }

    /// The `Stripe-Signature` header of a payload, for tests that make deliveries of their own.
    pub fn sign(&self, payload: &str, connect: bool) -> String {
        let settings = &self.engine.settings;
        let secret = if connect { &settings.connect_webhook_secret } else { &settings.webhook_secret };
        delivery::signature(secret, self.engine.now(), payload)
    }

    fn session(&self, id: &str) -> Result<Value, StripeError> {
        self.object(id).ok_or_else(|| StripeError::missing("checkout session", id, "session"))
    }
}
