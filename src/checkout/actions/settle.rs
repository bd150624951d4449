//! Moving orders and checkouts forward, inside somebody's transaction. The caller holds the order's lock.

use std::collections::HashSet;

use crate::app::App;
use crate::coupons;
use crate::db::Tx;
use crate::enrollment::{self, model::Source};
use crate::events::Event;
use crate::identity;
use crate::kernel::{CheckoutId, Denied, Error, Instant, OrderLineId, Result, UserId};
use crate::workshops::{
    self,
    actions::{Payer, Seating},
};

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
        // A code before a session, as where an order is placed: two orders never wait for each other in a ring.
        if order.discount_minor > 0 {
            coupons::store::release_use(tx, order.id).await?;
        }
        workshops::actions::release_unpaid(tx, &ids(&bought_lines(tx, order).await?)).await?;
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// Lines that gave the buyer nothing they did not have.
    pub had: usize,
    /// Lines that are seats.
    pub seats: HashSet<OrderLineId>,
    /// Those of them whose place was gone when the money came.
    pub unseated: HashSet<OrderLineId>,
}

/// Seats whoever the order has seats for, and gives the buyer everything in it that is not for somebody else. Where the money
/// came too late, as many are seated as there are places, in the order of the lines.
pub async fn grant_lines(tx: &mut Tx, order: &Order, lines: &[OrderLine], source: Source) -> Result<Granted> {
    let mut granted = Granted::default();
    let name = match lines.iter().any(|line| line.gift_recipient.is_some()) {
        true => buyers_name(tx, order).await?,
        false => String::new(),
    };
    for line in seats_in_order(tx, lines).await? {
        let payer = match line.gift_recipient {
            Some(_) => Payer::Inviting(&name),
            None => Payer::Themselves(order.buyer),
        };
        let seated = workshops::actions::seat(tx, line.id, payer).await?;
        granted.seats.insert(line.id);
        if matches!(seated, Seating::Unseated(_)) {
            granted.unseated.insert(line.id);
        }
    }
    granted.had = grant_things(tx, order, lines, &granted.seats, source).await?;
    Ok(granted)
}

/// A guest's order that was paid before has found its buyer: gives them everything in it that is not for somebody else. Seats
/// stay as they are, which may be given back meanwhile. How many lines gave nothing they did not have.
pub async fn grant_found(tx: &mut Tx, order: &Order, lines: &[OrderLine], source: Source) -> Result<usize> {
    let mut seats = HashSet::new();
    for line in seats_in_order(tx, lines).await? {
        seats.insert(line.id);
        if let Some(buyer) = order.buyer.filter(|_| line.gift_recipient.is_none()) {
            workshops::actions::adopt_seat(tx, line.id, buyer).await?;
        }
    }
    grant_things(tx, order, lines, &seats, source).await
}

/// The lines that are seats: by session, which is the order in which they are locked, then as they were ordered.
async fn seats_in_order<'a>(tx: &Tx, lines: &'a [OrderLine]) -> Result<Vec<&'a OrderLine>> {
    let seats = workshops::store::of_lines(tx.conn(), &ids(lines)).await?;
    let place =
        |line: &OrderLine| seats.iter().find(|seat| seat.line == Some(line.id)).map(|seat| seat.session);
    let mut found: Vec<_> = lines.iter().filter_map(|line| Some((place(line)?, line))).collect();
    found.sort_by_key(|(session, _)| *session);
    Ok(found.into_iter().map(|(_, line)| line).collect())
}

/// As those know the buyer whom something is given to: an account by its name, a guest by their address.
pub async fn buyers_name(tx: &Tx, order: &Order) -> Result<String> {
    let account = match order.buyer {
        Some(buyer) => identity::store::credentials(tx.conn(), buyer).await?.map(|known| known.account),
        None => None,
    };
    Ok(account.map_or_else(|| order.buyer_email.clone(), |account| account.display_name))
}

/// Gives the buyer what is neither a seat nor a gift; how many lines gave nothing they did not have.
async fn grant_things(
    tx: &mut Tx,
    order: &Order,
    lines: &[OrderLine],
    seats: &HashSet<OrderLineId>,
    source: Source,
) -> Result<usize> {
    let mut had = 0;
    let lines: Vec<&OrderLine> = lines.iter().filter(|line| !seats.contains(&line.id)).collect();
    let Some(buyer) = order.buyer.filter(|_| !lines.is_empty()) else { return Ok(had) };
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
        had += usize::from(news == 0);
    }
    Ok(had)
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
