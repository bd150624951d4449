//! Moving a checkout and its order to where Stripe says they are. Events, the buyer's own asking and the sweep all
//! come here; whoever is first does it, the others find it done.
//!
//! Stripe is read before the transaction; the order's row is locked inside it, and everything that belongs to a sale
//! (order, payment, right to learn, book, receipt, event) commits together.

use chrono::Duration;
use serde_json::json;
use stripe_gateway::{CheckoutStatus as PageStatus, StripeError};

use crate::app::App;
use crate::checkout::actions as checkouts;
use crate::checkout::model::{Checkout, CheckoutStatus, Order};
use crate::db::Tx;
use crate::enrollment::model::Source;
use crate::gifts;
use crate::kernel::{CheckoutId, Denied, Error, Fault, Result};
use crate::queue::Job;

use super::super::judge::{Arrived, Expected, Verdict, judge};
use super::super::sheet::judge_payment;
use super::super::store::{self, Standing};
use super::super::{ledger, letters};
use super::{fees, tax};

/// How long after its time a page is still hoped for.
const GIVEN_UP_AFTER: Duration = Duration::hours(24);
/// The same for a seat: whatever Stripe may have opened without our hearing of it has ended by itself by then.
const SEAT_GIVEN_UP_AFTER: Duration = Duration::hours(1);

/// Reads the checkout's page or payment at Stripe and does what follows. Gives the checkout as it is then.
pub async fn apply(app: &App, id: CheckoutId) -> Result<Checkout> {
    follow(app, &read(app, id).await?).await?;
    read(app, id).await
}

/// The same for a checkout that was just read.
pub(super) async fn follow(app: &App, checkout: &Checkout) -> Result<()> {
    if !checkout.is_at_stripe() {
        return without_page(app, checkout).await;
    }
    if checkout.quote.recurring().is_some() {
        return membership(app, checkout).await;
    }
    let order =
        crate::checkout::store::order(app.db.read(), checkout.order).await?.ok_or(Denied::NotFound)?;
    let expected = Expected { order: order.id, total: order.total(), livemode: app.stripe.livemode() };
    let verdict = match verdict(app, checkout, &expected).await {
        Ok(verdict) => verdict,
        Err(StripeError::NotFound { .. }) => {
            let detail = json!({ "session": checkout.stripe_session, "payment": checkout.stripe_intent });
            return open_case(app, "PAGE_MISSING", checkout, detail).await;
        }
        Err(error) => return Err(Fault::away("reading a payment page", error).into()),
    };
    let waits = checkout.status == CheckoutStatus::Processing;
    match verdict {
        Verdict::Paid(arrived) => settle(app, checkout, &arrived).await,
        Verdict::Processing => move_on(app, checkout, CheckoutStatus::Processing, None).await,
        Verdict::Failed => move_on(app, checkout, CheckoutStatus::Failed, Some("payment_failed")).await,
        // A sheet's debit that failed leaves the payment open at Stripe: it is free only when Stripe has ended it.
        Verdict::StillOpen if waits => close_soon(app, checkout).await,
        Verdict::Expired if waits => {
            move_on(app, checkout, CheckoutStatus::Failed, Some("payment_failed")).await
        }
        Verdict::Expired => move_on(app, checkout, CheckoutStatus::Expired, None).await,
        Verdict::StillOpen => Ok(()),
        Verdict::Wrong(differences, money) => wrong(app, checkout, &differences, money).await,
        Verdict::Unclear(why) => Err(Fault::away("reading a payment page", why).into()),
    }
}

/// What Stripe says of the page or the payment.
async fn verdict(
    app: &App,
    checkout: &Checkout,
    expected: &Expected,
) -> std::result::Result<Verdict, StripeError> {
    match (&checkout.stripe_session, &checkout.stripe_intent) {
        (Some(session), _) => Ok(judge(expected, &app.stripe.checkout_session(session).await?)),
        (None, Some(intent)) => Ok(judge_payment(expected, &app.stripe.payment_intent(intent).await?)),
        (None, None) => Ok(Verdict::StillOpen),
    }
}

async fn close_soon(app: &App, checkout: &Checkout) -> Result<()> {
    let mut tx = app.begin().await?;
    tx.enqueue(Job::new("payments.close_sheet", json!({ "checkout": checkout.id.to_string() })));
    tx.commit().await
}

/// A membership's page: once it is done, `memberships` reads the subscription it began and settles its invoices.
async fn membership(app: &App, checkout: &Checkout) -> Result<()> {
    let Some(session) = &checkout.stripe_session else { return Ok(()) };
    let page = match app.stripe.checkout_session(session).await {
        Ok(page) => page,
        Err(StripeError::NotFound { .. }) => {
            return open_case(app, "PAGE_MISSING", checkout, json!({ "session": session })).await;
        }
        Err(error) => return Err(Fault::away("reading a payment page", error).into()),
    };
    match (page.status, page.subscription_id) {
        (PageStatus::Expired, _) => move_on(app, checkout, CheckoutStatus::Expired, None).await,
        (PageStatus::Complete, Some(subscription)) if checkout.status != CheckoutStatus::Succeeded => {
            let mut tx = app.begin().await?;
            let (_, now) = locked(&tx, checkout).await?;
            checkouts::move_checkout(&mut tx, &now, CheckoutStatus::Processing, None).await?;
            let job = Job::new("memberships.read_subscription", json!({ "object": subscription }));
            tx.enqueue(job.once(format!("begin:{}:{}", checkout.id, tx.now().timestamp() / 60)));
            tx.commit().await
        }
        _ => Ok(()),
    }
}

/// A page that Stripe never opened, however often it was asked, cannot have been paid.
async fn without_page(app: &App, checkout: &Checkout) -> Result<()> {
    let patience = if checkout.holds_seats() { SEAT_GIVEN_UP_AFTER } else { GIVEN_UP_AFTER };
    if checkout.status == CheckoutStatus::Open && checkout.expires_at < app.now() - patience {
        move_on(app, checkout, CheckoutStatus::Expired, Some("page_never_opened")).await?;
    }
    Ok(())
}

async fn read(app: &App, id: CheckoutId) -> Result<Checkout> {
    Ok(crate::checkout::store::checkout(app.db.read(), id).await?.ok_or(Denied::NotFound)?)
}

/// The sale, all of it or nothing, once.
async fn settle(app: &App, checkout: &Checkout, arrived: &Arrived) -> Result<()> {
    let mut tx = app.begin().await?;
    let (order, checkout) = locked(&tx, checkout).await?;
    if store::order_of_charge(tx.conn(), &arrived.charge).await?.is_some() {
        return Ok(());
    }
    if order.status.was_paid() {
        return twice_paid(tx, &order, arrived).await;
    }
    if !store::insert_payment(&tx, order.id, arrived, Standing::Settled).await? {
        return Ok(());
    }
    checkouts::move_checkout(&mut tx, &checkout, CheckoutStatus::Succeeded, None).await?;
    fulfil(app, &mut tx, &order, arrived, Source::Purchase).await?;
    tx.commit().await
}

/// All that belongs to a sale whose payment was just written down: order paid, rights granted, gifts on their way,
/// book, receipt. The caller holds the order's lock and has inserted the payment, so this happens once. Memberships'
/// invoices come here too.
pub async fn fulfil(app: &App, tx: &mut Tx, order: &Order, arrived: &Arrived, source: Source) -> Result<()> {
    checkouts::mark_paid(tx, order, arrived.at).await?;
    let lines = checkouts::bought_lines(tx, order).await?;
    let granted = checkouts::grant_lines(tx, order, &lines, source).await?;
    let (seats, others): (Vec<_>, Vec<_>) =
        lines.iter().cloned().partition(|line| granted.seats.contains(&line.id));
    gifts::actions::give(app, tx, order, &others).await?;
    let shares = crate::checkout::store::shares(tx.conn(), &lines).await?;
    store::book(tx, &ledger::sale(order, &lines, &shares, arrived)?).await?;
    tax::sold(tx, order).await?;
    if let Some(fee) = &arrived.fee {
        fees::book_fee(tx, order, &arrived.charge, fee, arrived.at).await?;
    }
    // A membership's next invoice finds the right that its first one gave.
    if granted.had > 0 && source != Source::Membership {
        let detail = json!({ "order": order.id.to_string(), "lines": granted.had });
        store::open_case(tx, "BOUGHT_TWICE", &order.id.to_string(), detail).await?;
    }
    if let Some(email) = order.guest_email.as_ref().filter(|_| order.buyer.is_none()) {
        // The address may have been proven long before.
        tx.enqueue(Job::new("payments.claim_guest_orders", json!({ "email": email })));
    }
    letters::receipt(tx, order, (&seats, &others)).await?;
    let unseated: Vec<_> = seats.iter().filter(|line| granted.unseated.contains(&line.id)).collect();
    if !unseated.is_empty() {
        letters::unseated(app, tx, order, &unseated).await?;
    }
    Ok(())
}

/// Money for an order that was paid before: kept in mind, given to a person.
async fn twice_paid(tx: Tx, order: &Order, arrived: &Arrived) -> Result<()> {
    if store::insert_payment(&tx, order.id, arrived, Standing::Unexpected).await? {
        let detail = json!({ "order": order.id.to_string(), "charge": arrived.charge });
        store::open_case(&tx, "PAID_TWICE", &arrived.charge, detail).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Not what was asked for: nothing is given, a person must look.
async fn wrong(app: &App, checkout: &Checkout, differences: &[String], money: Option<Arrived>) -> Result<()> {
    let tx = app.begin().await?;
    let (order, checkout) = locked(&tx, checkout).await?;
    if let Some(arrived) = &money {
        store::insert_payment(&tx, order.id, arrived, Standing::Unexpected).await?;
    }
    let detail = json!({ "order": order.id.to_string(), "differences": differences });
    store::open_case(&tx, "PAYMENT_MISMATCH", &checkout.id.to_string(), detail).await?;
    tx.commit().await
}

async fn move_on(app: &App, checkout: &Checkout, next: CheckoutStatus, failure: Option<&str>) -> Result<()> {
    let mut tx = app.begin().await?;
    let (order, checkout) = locked(&tx, checkout).await?;
    if checkouts::move_checkout(&mut tx, &checkout, next, failure).await? {
        if next != CheckoutStatus::Processing {
            checkouts::void(&mut tx, &order).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// The order, locked, and its checkout as it is under that lock.
async fn locked(tx: &Tx, checkout: &Checkout) -> Result<(Order, Checkout)> {
    let order = crate::checkout::store::lock_order(tx, checkout.order).await?;
    let checkout = crate::checkout::store::checkout(tx.conn(), checkout.id).await?;
    let both = order.zip(checkout);
    both.ok_or_else(|| Error::Fault(Fault::new("settling a checkout", "its order is gone")))
}

async fn open_case(app: &App, kind: &str, checkout: &Checkout, detail: serde_json::Value) -> Result<()> {
    let tx = app.begin().await?;
    store::open_case(&tx, kind, &checkout.id.to_string(), detail).await?;
    tx.commit().await
}
