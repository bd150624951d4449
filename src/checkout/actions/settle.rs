//! Moving orders and checkouts forward, inside somebody's transaction. The caller holds the order's lock.

use std::collections::HashSet;

use crate::app::App;
use crate::coupons;
use crate::db::Tx;
use crate::enrollment::{self, model::Source};
use crate::events::Event;
use crate::kernel::{CheckoutId, Denied, Error, Instant, OrderLineId, Result, UserId};
use crate::workshops::{self, actions::Seating};

use super::super::model::{Checkout, CheckoutStatus, LinePart, Order, OrderLine, OrderStatus, topic};
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
        workshops::actions::release_unpaid(tx, &ids(&bought_lines(tx, order).await?)).await?;
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
    changed(tx, checkout);
    Ok(true)
}

/// Notes that a checkout stands differently, and tells who follows it.
pub(super) fn changed(tx: &mut Tx, checkout: &Checkout) {
    let event = Event::new("checkout.changed", checkout.id).with("order", checkout.order);
    tx.record(checkout.user.into_iter().fold(event, Event::of_user));
    tx.wake(topic(checkout.id));
}

/// What was bought.
pub async fn bought_lines(tx: &Tx, order: &Order) -> Result<Vec<OrderLine>> {
    Ok(store::lines(tx.conn(), &[order.id]).await?.remove(&order.id).unwrap_or_default())
}

/// What an order that was paid has given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// Lines that gave the buyer nothing they did not have.
    pub had: usize,
    /// Seats whose place was gone when the money came.
    pub unseated: usize,
}

/// Seats whoever the order has seats for, and gives the buyer everything in it that is not a gift.
pub async fn grant_lines(tx: &mut Tx, order: &Order, lines: &[OrderLine], source: Source) -> Result<Granted> {
    let mut granted = Granted::default();
    let mut seats = HashSet::new();
    for line in workshops::store::of_lines(tx.conn(), &ids(lines)).await?.iter().filter_map(|seat| seat.line)
    {
        seats.insert(line);
        let seated = workshops::actions::seat(tx, line, order.buyer).await?;
        granted.unseated += usize::from(matches!(seated, Seating::Unseated(_)));
    }
    let lines: Vec<&OrderLine> = lines.iter().filter(|line| !seats.contains(&line.id)).collect();
    let Some(buyer) = order.buyer.filter(|_| !lines.is_empty()) else { return Ok(granted) };
    let parts = store::parts(tx.conn(), &lines.iter().map(|line| line.id).collect::<Vec<_>>()).await?;
    for line in lines.iter().filter(|line| line.gift_recipient.is_none()) {
        let news = match parts.get(&line.id) {
            Some(parts) => grant_parts(tx, buyer, line, parts, source).await?,
            None => {
                let given =
                    enrollment::actions::grant(tx, buyer, line.offering, source, Some(line.id)).await?;
                usize::from(given.is_some())
            }
        };
        granted.had += usize::from(news == 0);
    }
    Ok(granted)
}

fn ids(lines: &[OrderLine]) -> Vec<OrderLineId> {
    lines.iter().map(|line| line.id).collect()
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
    let mut tx = app.begin().await?;
    let gone = || Error::from(Denied::NotFound);
    let checkout = store::checkout(tx.conn(), id).await?.ok_or_else(gone)?;
    store::lock_order(&tx, checkout.order).await?;
    let checkout = store::checkout(tx.conn(), id).await?.ok_or_else(gone)?;
    if checkout.status == CheckoutStatus::Expired {
        store::set_checkout_status(&tx, id, CheckoutStatus::Cancelled, None).await?;
        changed(&mut tx, &checkout);
    }
    tx.commit().await?;
    store::checkout(app.db.read(), id).await?.ok_or_else(gone)
}
