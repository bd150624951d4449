//! Handling an event of the inbox: find out which of our things it is about, read that thing at Stripe, go on.
//!
//! The order of arrival means nothing and the event's own amounts are not looked at. Handling twice is harmless.

use serde_json::json;
use stripe_gateway::StripeError;
use uuid::Uuid;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::{Checkout, CheckoutStatus};
use crate::kernel::{CheckoutId, Error, Fault, OrderId, Result};
use crate::queue::Job;

use super::super::model::{Endpoint, InboxEvent, Outcome};
use super::super::store;
use super::{apply, fees};

/// Something we do not know is looked for this often: our own note of it may be on its way.
const MOST_ATTEMPTS: i32 = 6;

/// Handles an event that is waiting.
pub async fn handle(app: &App, id: Uuid) -> Result<()> {
    let Some(event) = store::take_up(app.db.read(), id).await? else { return Ok(()) };
    let outcome = match (event.endpoint, topic(&event.kind)) {
        (Endpoint::Platform, Topic::Page) => page(app, &event).await?,
        (Endpoint::Platform, Topic::Payment) => payment(app, &event).await?,
        (Endpoint::Platform, Topic::Charge) => charge(app, &event).await?,
        (Endpoint::Platform, Topic::Other(job)) => return pass_on(app, &event, job).await,
        (Endpoint::Connect, Topic::Account) => return pass_on(app, &event, "payouts.read_account").await,
        (Endpoint::Connect, Topic::Payout) => return pass_on(app, &event, "payouts.read_payout").await,
        _ => Outcome::Ignored("nothing to do for this kind of event".to_owned()),
    };
    let parked = matches!(outcome, Outcome::Parked(_));
    let tx = app.begin().await?;
    if parked {
        let detail = json!({ "kind": event.kind, "object": event.object, "note": outcome.note() });
        store::open_case(&tx, "EVENT_UNKNOWN_OBJECT", &event.stripe_id, detail).await?;
    }
    store::close_event(tx.conn(), id, &outcome, tx.now()).await?;
    tx.commit().await
}

#[derive(Clone, Copy)]
enum Topic {
    Page,
    Payment,
    Charge,
    Account,
    Payout,
    /// Another room's: the job that reads the object at Stripe.
    Other(&'static str),
    Unknown,
}

/// The platform's events that mean something to us.
const TOPICS: [(&str, Topic); 33] = [
    ("checkout.session.completed", Topic::Page),
    ("checkout.session.async_payment_succeeded", Topic::Page),
    ("checkout.session.async_payment_failed", Topic::Page),
    ("checkout.session.expired", Topic::Page),
    ("payment_intent.succeeded", Topic::Payment),
    ("payment_intent.processing", Topic::Payment),
    ("payment_intent.payment_failed", Topic::Payment),
    ("payment_intent.canceled", Topic::Payment),
    ("charge.succeeded", Topic::Charge),
    ("charge.updated", Topic::Charge),
    ("transfer.created", Topic::Other("payouts.read_transfer")),
    ("transfer.updated", Topic::Other("payouts.read_transfer")),
    ("transfer.reversed", Topic::Other("payouts.read_transfer")),
    ("refund.created", Topic::Other("refunds.read")),
    ("refund.updated", Topic::Other("refunds.read")),
    ("refund.failed", Topic::Other("refunds.read")),
    ("payout.paid", Topic::Other("payouts.read_own_payout")),
    ("payout.failed", Topic::Other("payouts.read_own_payout")),
    ("charge.dispute.created", Topic::Other("disputes.read")),
    ("charge.dispute.updated", Topic::Other("disputes.read")),
    ("charge.dispute.closed", Topic::Other("disputes.read")),
    ("charge.dispute.funds_withdrawn", Topic::Other("disputes.read")),
    ("charge.dispute.funds_reinstated", Topic::Other("disputes.read")),
    ("radar.early_fraud_warning.created", Topic::Other("disputes.read_warning")),
    ("invoice.paid", Topic::Other("memberships.read_invoice")),
    ("invoice.payment_failed", Topic::Other("memberships.read_invoice")),
    ("invoice.payment_action_required", Topic::Other("memberships.read_invoice")),
    ("customer.subscription.created", Topic::Other("memberships.read_subscription")),
    ("customer.subscription.updated", Topic::Other("memberships.read_subscription")),
    ("customer.subscription.deleted", Topic::Other("memberships.read_subscription")),
    ("customer.subscription.paused", Topic::Other("memberships.read_subscription")),
    ("customer.subscription.resumed", Topic::Other("memberships.read_subscription")),
    ("customer.subscription.trial_will_end", Topic::Other("memberships.read_subscription")),
];

/// Which of several events is best handled first: a page's, which says all, then what it will have answered. The order
/// changes nothing but how often Stripe is asked.
pub(super) fn precedence(kind: &str) -> u8 {
    match topic(kind) {
        Topic::Page => 0,
        Topic::Payment => 1,
        Topic::Charge => 2,
        _ => 3,
    }
}

/// Their names, for asking Stripe for what never came.
pub(super) fn kinds() -> Vec<String> {
    TOPICS.iter().map(|(kind, _)| (*kind).to_owned()).collect()
}

fn topic(kind: &str) -> Topic {
    let accounts = ["account.", "capability."];
    match TOPICS.iter().find(|(name, _)| *name == kind) {
        Some((_, topic)) => *topic,
        None if accounts.iter().any(|start| kind.starts_with(start)) => Topic::Account,
        None if kind.starts_with("payout.") => Topic::Payout,
        None => Topic::Unknown,
    }
}

async fn page(app: &App, event: &InboxEvent) -> Result<Outcome> {
    let session = object(event)?;
    match checkout::store::checkout_of_session(app.db.read(), session).await? {
        Some(checkout) => done(app, event, &checkout).await,
        None => match named(app, app.stripe.checkout_session(session).await.map(|page| page.metadata)).await?
        {
            Some(checkout) => done(app, event, &checkout).await,
            None => unknown(event),
        },
    }
}

async fn payment(app: &App, event: &InboxEvent) -> Result<Outcome> {
    let intent = object(event)?;
    if let Some(order) = store::order_of_intent(app.db.read(), intent).await? {
        compare(app, event, order).await?;
        return Ok(Outcome::Handled);
    }
    match named(app, app.stripe.payment_intent(intent).await.map(|payment| payment.metadata)).await? {
        Some(checkout) => done(app, event, &checkout).await,
        None => payment_of_invoice(app, event, intent).await,
    }
}

/// What an invoice is paid with carries none of our ids: its invoice is read instead.
async fn payment_of_invoice(app: &App, event: &InboxEvent, intent: &str) -> Result<Outcome> {
    match app.stripe.invoice_of_payment(intent).await {
        Ok(Some(invoice)) => {
            let mut tx = app.begin().await?;
            let payload = json!({ "object": invoice, "account": event.account, "event": event.kind });
            tx.enqueue(Job::new("memberships.read_invoice", payload));
            tx.commit().await?;
            Ok(Outcome::Handled)
        }
        // A card refused on a membership's page: no invoice yet, and no money.
        Ok(None)
            if ["payment_intent.payment_failed", "payment_intent.canceled"]
                .contains(&event.kind.as_str()) =>
        {
            Ok(Outcome::Ignored("nothing was paid, and it names nothing of ours".to_owned()))
        }
        Ok(None) => unknown(event),
        Err(error) => Err(Fault::away("reading what an event is about", error).into()),
    }
}

async fn charge(app: &App, event: &InboxEvent) -> Result<Outcome> {
    let charge = object(event)?;
    if store::is_fee_known(app.db.read(), charge).await? || fees::note_fee(app, charge).await? {
        return Ok(Outcome::Handled);
    }
    Ok(Outcome::Ignored("no payment of ours waits for this charge's fee; the sweep looks again".to_owned()))
}

/// What another room keeps is read by that room: its job gets the object and, for creators' accounts, whose it is.
async fn pass_on(app: &App, event: &InboxEvent, job: &'static str) -> Result<()> {
    let mut tx = app.begin().await?;
    tx.enqueue(Job::new(
        job,
        json!({ "object": event.object, "account": event.account, "event": event.kind }),
    ));
    store::close_event(tx.conn(), event.id, &Outcome::Handled, tx.now()).await?;
    tx.commit().await
}

async fn done(app: &App, event: &InboxEvent, checkout: &Checkout) -> Result<Outcome> {
    // A page that succeeded cannot change any more: Stripe need not be asked again.
    if checkout.status != CheckoutStatus::Succeeded {
        apply::follow(app, checkout).await?;
    }
    compare(app, event, checkout.order).await?;
    Ok(Outcome::Handled)
}

/// The event's own amount decides nothing. One that differs from the order's is somebody's work or a great mistake,
/// so a person hears of it.
async fn compare(app: &App, event: &InboxEvent, order: OrderId) -> Result<()> {
    let Some((amount, currency)) = event.says() else { return Ok(()) };
    let order = checkout::store::order(app.db.read(), order).await?;
    let Some(order) = order.filter(|order| order.total_minor != amount || order.currency.code() != currency)
    else {
        return Ok(());
    };
    let ours = json!({ "amount": order.total_minor, "currency": order.currency.code() });
    let detail = json!({ "order": order.id.to_string(), "ours": ours,
        "event": { "amount": amount, "currency": currency } });
    let tx = app.begin().await?;
    store::open_case(&tx, "EVENT_MISMATCH", &event.stripe_id, detail).await?;
    tx.commit().await
}

/// The checkout that Stripe's object names, if it is ours.
async fn named(
    app: &App,
    read: std::result::Result<std::collections::HashMap<String, String>, StripeError>,
) -> Result<Option<Checkout>> {
    let metadata = match read {
        Ok(metadata) => metadata,
        Err(StripeError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(Fault::away("reading what an event is about", error).into()),
    };
    let id = metadata.get("checkout").and_then(|id| id.parse::<CheckoutId>().ok());
    match id {
        Some(id) => checkout::store::checkout(app.db.read(), id).await,
        None => Ok(None),
    }
}

/// Later, perhaps; after a few tries a person must look. Never "thanks" and forgotten.
fn unknown(event: &InboxEvent) -> Result<Outcome> {
    let note = "it is about something we do not know";
    if event.attempts < MOST_ATTEMPTS {
        return Err(Error::Fault(Fault::away("handling an event", note)));
    }
    Ok(Outcome::Parked(note.to_owned()))
}

fn object(event: &InboxEvent) -> Result<&str> {
    let missing = || Error::Fault(Fault::new("handling an event", "it names no object"));
    event.object.as_deref().ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_that_is_passed_on_has_a_job_that_reads_it() {
        let registry = crate::worker::registry();
        let passed_on = TOPICS.iter().filter_map(|(_, topic)| match topic {
            Topic::Other(job) => Some(*job),
            _ => None,
        });
        let unread: Vec<&str> = passed_on
            .chain(["payouts.read_account", "payouts.read_payout"])
            .filter(|job| !registry.knows(job))
            .collect();
        assert!(unread.is_empty(), "no handler for {unread:?}");
    }
}
