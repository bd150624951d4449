//! The beginning of a membership: the order it was agreed to in, found by what we wrote on the subscription.

use serde_json::json;
use stripe_gateway::{IdempotencyKey, StripeError, Subscription};

use crate::app::App;
use crate::catalog;
use crate::checkout;
use crate::checkout::actions as checkouts;
use crate::checkout::model::{Checkout, CheckoutStatus};
use crate::db::Tx;
use crate::enrollment::model::Source;
use crate::kernel::{CheckoutId, Error, Fault, Result};
use crate::payments::store as money;

use super::super::model::{Membership, State, Terms};
use super::super::store;

/// Why a checkout failed whose subscription came beside a live one.
const TWICE: &str = "membership_twice";

/// The membership that this subscription begins, as our order has it; none if no order of ours is behind it.
pub(super) async fn draft(app: &App, read: &Subscription) -> Result<Option<Membership>> {
    let checkout = read.metadata.get("checkout").and_then(|id| id.parse::<CheckoutId>().ok());
    let Some(checkout) = checkout else { return Ok(None) };
    let conn = app.db.read();
    let Some(checkout) = checkout::store::checkout(conn, checkout).await? else { return Ok(None) };
    let Some(user) = checkout.user else { return Ok(None) };
    let Some(line) = checkout.quote.lines.iter().find(|line| line.recurring.is_some()) else {
        return Ok(None);
    };
    let price = catalog::store::price(conn, line.price).await?;
    let stripe_price = checkout::store::stripe_price(conn, line.price).await?;
    let customer = checkout::store::customer(conn, user).await?;
    let (Some(price), Some(stripe_price), Some(customer)) = (price, stripe_price, customer) else {
        return Ok(None);
    };
    Ok(Some(Membership {
        id: app.entropy.id(app.now()),
        user,
        plan: line.offering,
        price: line.price,
        order: checkout.order,
        terms: Terms {
            subscription: read.id.clone(),
            price: stripe_price,
            customer,
            amount: price.amount,
            livemode: app.stripe.livemode(),
        },
        state: State::Active,
        // Nothing is open before a trial or a paid invoice says until when.
        paid_until: read.trial_end.unwrap_or(read.period_start),
        cancel_at_period_end: false,
        ended_at: None,
    }))
}

/// The membership under its order's lock, as it was (none if it begins now) and as it is; none if it may not begin.
pub(super) async fn locked(
    app: &App,
    tx: &mut Tx,
    membership: Membership,
    read: &Subscription,
) -> Result<Option<(Option<Membership>, Membership)>> {
    let gone = || Error::Fault(Fault::new("following a membership", "its order is gone"));
    checkout::store::lock_order(tx, membership.order).await?.ok_or_else(gone)?;
    let subscription = membership.terms.subscription.clone();
    let known = store::of_subscription(tx.conn(), &subscription, app.stripe.livemode()).await?;
    if let Some(known) = known {
        return Ok(Some((Some(known.clone()), known)));
    }
    let checkout = checkout_of(tx, read).await?;
    let was_second = checkout.as_ref().is_some_and(|checkout| checkout.failure.as_deref() == Some(TWICE));
    if was_second || !store::insert(tx, &membership).await? {
        give_up(tx, checkout, &membership, read).await?;
        return Ok(None);
    }
    finish(tx, checkout, &membership).await?;
    Ok(Some((None, membership)))
}

async fn checkout_of(tx: &Tx, read: &Subscription) -> Result<Option<Checkout>> {
    match read.metadata.get("checkout").and_then(|id| id.parse::<CheckoutId>().ok()) {
        Some(id) => checkout::store::checkout(tx.conn(), id).await,
        None => Ok(None),
    }
}

/// A second subscription begins nothing: its page has failed, and a person hears of what it took.
async fn give_up(
    tx: &mut Tx,
    checkout: Option<Checkout>,
    membership: &Membership,
    read: &Subscription,
) -> Result<()> {
    if let Some(checkout) = checkout {
        checkouts::move_checkout(tx, &checkout, CheckoutStatus::Failed, Some(TWICE)).await?;
    }
    if let Some(order) = checkout::store::order(tx.conn(), membership.order).await? {
        checkouts::void(tx, &order).await?;
    }
    let detail = json!({ "subscription": read.id, "order": membership.order.to_string() });
    money::open_case(tx, "MEMBERSHIP_TWICE", &read.id, detail).await
}

/// A second subscription beside a live one is ended at once, so that nothing more is charged; what it took is a case.
pub(super) async fn end_second(app: &App, state: State, read: &Subscription) -> Result<()> {
    if state == State::Ended {
        return Ok(());
    }
    let key = IdempotencyKey::for_attempt("su2", &read.id, 1)
        .map_err(|error| Fault::new("ending a second membership", error))?;
    match app.stripe.cancel_subscription(&key, &read.id).await {
        Ok(_) | Err(StripeError::NotFound { .. }) => Ok(()),
        Err(error) => Err(Fault::away("ending a second membership", error).into()),
    }
}

/// The page is done. With a trial nothing was due, so the order of nothing is paid now.
async fn finish(tx: &mut Tx, checkout: Option<Checkout>, membership: &Membership) -> Result<()> {
    if let Some(checkout) = checkout {
        checkouts::move_checkout(tx, &checkout, CheckoutStatus::Succeeded, None).await?;
    }
    let Some(order) = checkout::store::order(tx.conn(), membership.order).await? else { return Ok(()) };
    if order.total_minor == 0 && !order.status.was_paid() {
        let at = tx.now();
        checkouts::mark_paid(tx, &order, at).await?;
        let lines = checkouts::bought_lines(tx, &order).await?;
        checkouts::grant_lines(tx, &order, &lines, Source::Membership).await?;
    }
    Ok(())
}
