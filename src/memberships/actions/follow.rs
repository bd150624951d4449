//! Moving a membership to where Stripe says it is. Events, the buyer's own asking and the sweep all come here; whoever
//! is first does it, the others find it done.
//!
//! The subscription and its invoices are read before the transaction. Inside it the order the membership began with is
//! locked, which keeps two of us apart.

use serde_json::json;
use stripe_gateway::{StripeError, Subscription, SubscriptionStatus};

use crate::app::App;
use crate::checkout;
use crate::checkout::model::Checkout;
use crate::db::Tx;
use crate::enrollment::store as enrollments;
use crate::events::Event;
use crate::kernel::{CheckoutId, Denied, Fault, Result};
use crate::payments::store as money;

use super::super::letters;
use super::super::model::{Membership, State, subscription_differences};
use super::super::store;
use super::invoices::Paid;
use super::{access, begin, invoices};

/// Reads a subscription and does what follows. False if it is none of ours.
pub async fn follow(app: &App, subscription: &str) -> Result<bool> {
    let read = match app.stripe.subscription(subscription).await {
        Ok(read) => read,
        Err(StripeError::NotFound { .. }) => return Ok(false),
        Err(error) => return Err(Fault::away("reading a subscription", error).into()),
    };
    if read.status == SubscriptionStatus::Incomplete {
        // Its first payment waits for the buyer's bank; it begins, or is over, with an event of its own.
        return Ok(true);
    }
    let Some(state) = State::of_stripe(read.status) else {
        return Err(Fault::away("reading a subscription", format!("its state is {:?}", read.status)).into());
    };
    let known = store::of_subscription(app.db.read(), subscription, app.stripe.livemode()).await?;
    let membership = match known {
        Some(known) => known,
        None => match begin::draft(app, &read).await? {
            Some(draft) => draft,
            None => return Ok(false),
        },
    };
    let differences = subscription_differences(&membership.terms, &read);
    if !differences.is_empty() {
        let paid = invoices::unsettled(app, &membership).await?;
        mismatch(app, &membership, &differences, &paid).await?;
        return Ok(true);
    }
    let paid = invoices::unsettled(app, &membership).await?;
    move_on(app, membership, state, &read, &paid).await?;
    Ok(true)
}

/// The same, from one of its invoices.
pub async fn follow_invoice(app: &App, invoice: &str) -> Result<bool> {
    let read = match app.stripe.invoice(invoice).await {
        Ok(read) => read,
        Err(StripeError::NotFound { .. }) => return Ok(false),
        Err(error) => return Err(Fault::away("reading an invoice", error).into()),
    };
    match read.subscription {
        Some(subscription) => follow(app, &subscription).await,
        None => Ok(false),
    }
}

/// The same, from the page the buyer was on. Gives the checkout as it is then.
pub async fn follow_checkout(app: &App, checkout: Checkout) -> Result<Checkout> {
    let Some(session) = &checkout.stripe_session else { return Ok(checkout) };
    let page = app.stripe.checkout_session(session).await;
    let page = page.map_err(|error| Fault::away("reading a payment page", error))?;
    if let Some(subscription) = page.subscription_id {
        follow(app, &subscription).await?;
    }
    read_checkout(app, checkout.id).await
}

async fn read_checkout(app: &App, id: CheckoutId) -> Result<Checkout> {
    Ok(checkout::store::checkout(app.db.read(), id).await?.ok_or(Denied::NotFound)?)
}

async fn move_on(
    app: &App,
    membership: Membership,
    state: State,
    read: &Subscription,
    paid: &[Paid],
) -> Result<()> {
    let mut tx = app.begin().await?;
    let order = membership.order;
    let Some((before, mut now)) = begin::locked(app, &mut tx, membership, read).await? else {
        invoices::remember(&tx, order, paid).await?;
        tx.commit().await?;
        return begin::end_second(app, state, read).await;
    };
    for one in paid {
        invoices::settle(app, &mut tx, &mut now, one).await?;
    }
    stand(&mut now, state, read, &tx);
    store::update(&tx, &now).await?;
    access::apply(&mut tx, &now).await?;
    if before.as_ref() != Some(&now) {
        tell(&mut tx, before.as_ref(), &now).await?;
    }
    tx.commit().await
}

/// What is over stays over; everything else is as Stripe says.
fn stand(membership: &mut Membership, state: State, read: &Subscription, tx: &Tx) {
    if membership.state == State::Ended {
        return;
    }
    membership.state = state;
    membership.cancel_at_period_end = read.cancel_at_period_end && state != State::Ended;
    if state == State::Ended {
        membership.ended_at = Some(read.ended_at.unwrap_or_else(|| tx.now()));
    }
}

async fn tell(tx: &mut Tx, before: Option<&Membership>, now: &Membership) -> Result<()> {
    let enrollment = enrollments::locked(tx, (now.user, now.plan)).await?;
    if let Some(enrollment) = enrollment {
        tx.record(Event::new("membership.changed", enrollment.id).of_user(now.user));
    }
    let was = before.map(|before| before.state);
    match now.state {
        State::PastDue if was != Some(State::PastDue) => letters::payment_failed(tx, now).await,
        State::Ended if was != Some(State::Ended) => letters::ended(tx, now).await,
        _ => Ok(()),
    }
}

/// Not what was agreed to: what it took is remembered, nothing is given, a person must look.
async fn mismatch(app: &App, membership: &Membership, differences: &[String], paid: &[Paid]) -> Result<()> {
    let tx = app.begin().await?;
    let subscription = &membership.terms.subscription;
    money::open_case(&tx, "MEMBERSHIP_MISMATCH", subscription, json!({ "differences": differences })).await?;
    invoices::remember(&tx, membership.order, paid).await?;
    store::touch(&tx, membership.id).await?;
    tx.commit().await
}
