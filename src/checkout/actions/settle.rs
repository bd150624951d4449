//! Moving orders and checkouts forward, inside somebody's transaction. The caller holds the order's lock.

use crate::app::App;
use crate::coupons;
use crate::db::Tx;
use crate::enrollment::{self, model::Source};
use crate::events::Event;
use crate::kernel::{CheckoutId, Denied, Error, Instant, Result, UserId};

use super::super::model::{Checkout, CheckoutStatus, LinePart, Order, OrderLine, OrderStatus};
use super::super::store;

/// The order is paid, as of `at`.
pub async fn mark_paid(tx: &mut Tx, order: &Order, at: Instant) -> Result<()> {
    store::set_paid(tx, order.id, at).await?;
    if order.discount_minor > 0 {
        coupons::store::count_use(tx, order.id).await?;
    }
    let mut event = Event::new("order.paid", order.id).of_creator(order.creator);
    if let Some(buyer) = order.buyer {
        event = event.of_user(buyer);
    }
    tx.record(event);
    Ok(())
}

/// The order will not be paid; nothing to do if it was, or is known already.
pub async fn void(tx: &mut Tx, order: &Order) -> Result<()> {
    if order.status == OrderStatus::Pending {
        store::set_void(tx, order.id).await?;
        if order.discount_minor > 0 {
            coupons::store::release_use(tx, order.id).await?;
        }
        tx.record(Event::new("order.void", order.id).of_creator(order.creator));
    }
    Ok(())
}

/// Moves a checkout if that is forward; false if it is not.
pub async fn move_checkout(
    tx: &mut Tx,
    checkout: &Checkout,
    next: CheckoutStatus,
    failure: Option<&str>,
) -> Result<bool> {
    if !checkout.status.may_become(next) {
        return Ok(false);
    }
    store::set_checkout_status(tx, checkout.id, next, failure).await?;
    let mut event = Event::new("checkout.changed", checkout.id).with("order", checkout.order);
    if let Some(user) = checkout.user {
        event = event.of_user(user);
    }
    tx.record(event);
    Ok(true)
}

/// Gives the buyer everything in the order that is not a gift. Returns how many lines gave them nothing they did not
/// have.
pub async fn grant_lines(tx: &mut Tx, order: &Order, source: Source) -> Result<usize> {
    let Some(buyer) = order.buyer else { return Ok(0) };
    let lines = store::lines(tx.conn(), &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let parts = store::parts(tx.conn(), &lines.iter().map(|line| line.id).collect::<Vec<_>>()).await?;
    let mut had = 0;
    for line in lines.iter().filter(|line| line.gift_recipient.is_none()) {
        let news = match parts.get(&line.id) {
            Some(parts) => grant_parts(tx, buyer, line, parts, source).await?,
            None => {
                let given =
                    enrollment::actions::grant(tx, buyer, line.offering, source, Some(line.id)).await?;
                usize::from(given.is_some())
            }
        };
        had += usize::from(news == 0);
    }
    Ok(had)
}

/// Gives the items of a bundle; how many the buyer did not have. What was had before stays as it was.
async fn grant_parts(
    tx: &mut Tx,
    buyer: UserId,
    line: &OrderLine,
    parts: &[LinePart],
    source: Source,
) -> Result<usize> {
    let source = if matches!(source, Source::Purchase | Source::Free) { Source::Bundle } else { source };
    // Always in the same order, so that two purchases at once never wait for each other.
    let mut things: Vec<_> = parts.iter().map(|part| part.offering).collect();
    things.sort_unstable();
    let mut news = 0;
    for thing in things {
        let given = enrollment::actions::grant(tx, buyer, thing, source, Some(line.id)).await?;
        news += usize::from(given.is_some());
    }
    Ok(news)
}

/// A page that expired because its buyer said never mind.
pub async fn call_it_cancelled(app: &App, id: CheckoutId) -> Result<Checkout> {
    let tx = app.begin().await?;
    let gone = || Error::from(Denied::NotFound);
    let checkout = store::checkout(tx.conn(), id).await?.ok_or_else(gone)?;
    store::lock_order(&tx, checkout.order).await?;
    let checkout = store::checkout(tx.conn(), id).await?.ok_or_else(gone)?;
    if checkout.status == CheckoutStatus::Expired {
        store::set_checkout_status(&tx, id, CheckoutStatus::Cancelled, None).await?;
    }
    tx.commit().await?;
    store::checkout(app.db.read(), id).await?.ok_or_else(gone)
}
