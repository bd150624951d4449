//! The order for a seat that is bought by itself, when its moment has come.
//!
//! Keeps true: nothing else is bought than what was agreed to. A price that changed in either direction, or of which another
//! part is tax, is for its buyer to decide; so is a session or a policy that changed (`workshops`). What cannot be bought is
//! offered as to everybody else.
//! Not here: charging the card.

use serde_json::json;

use crate::app::App;
use crate::catalog;
use crate::coupons::model::Customer;
use crate::db::Tx;
use crate::events::Event;
use crate::identity;
use crate::kernel::{CheckoutId, Detail, Error, Fault, OrderId, Problem, Result, UserId, WaitlistEntryId};
use crate::outgoing;
use crate::queue::Job;
use crate::workshops::actions as workshops;
use crate::workshops::model::{Agreement, Buying, EntryState, WhyNot};

use super::super::model::{ConsentKind, PurchaseOption, Quote, SEAT_HELD};
use super::super::store::{self, NewCheckout, NewOrder};
use super::create::{fees_of, order_number};
use super::{open_page, quote, referral, seats};

/// What came of the wish to place an order.
enum Placed {
    Order(CheckoutId),
    /// Not now: nothing is offered any more, or another call was faster.
    Nothing,
    Not(WhyNot),
}

/// The checkout of a seat that is to be bought by itself, made if its moment is now. None when there is nothing to buy.
pub async fn place_offered(app: &App, entry: WaitlistEntryId) -> Result<Option<(CheckoutId, Buying)>> {
    let found = crate::workshops::store::buying(app.db.read(), entry).await?;
    let Some(buying) = found.filter(|buying| buying.ended_at.is_none()) else { return Ok(None) };
    if let Some(checkout) = buying.checkout {
        return Ok(Some((checkout, buying)));
    }
    let waits = crate::workshops::store::entry(app.db.read(), entry).await?;
    let Some(waits) = waits.filter(|waits| waits.state == EntryState::Offered) else { return Ok(None) };
    let placed = match priced_for(app, &buying.agreement, waits.user).await? {
        Ok((quote, email)) => place(app, entry, (waits.user, &email), &quote).await?,
        Err(why) => Placed::Not(why),
    };
    match placed {
        Placed::Order(checkout) => Ok(Some((checkout, buying))),
        Placed::Nothing => Ok(None),
        Placed::Not(why) => {
            tracing::info!(%entry, why = why.name(), "a seat is not bought by itself");
            workshops::offer_instead(app, entry, why).await?;
            Ok(None)
        }
    }
}

/// What was agreed to, at today's price and tax, if that is the same.
async fn priced_for(
    app: &App,
    agreement: &Agreement,
    user: UserId,
) -> Result<std::result::Result<(Quote, String), WhyNot>> {
    let account = identity::store::accounts(app, &[user]).await?.remove(&user);
    let Some(account) = account.filter(|account| !account.suspended) else {
        return Ok(Err(WhyNot::Suspended));
    };
    let seen: Quote = serde_json::from_value(agreement.quote.clone())
        .map_err(|cause| Fault::new("reading what was agreed to", cause))?;
    let customer = Customer { user: Some(user), email: Some(account.email.clone()) };
    let now = match quote::anew(app, &seen, &customer).await {
        Ok(now) => now,
        Err(Error::Refused(problems)) => {
            let is_away = |problem: &Problem| matches!(problem.detail, Detail::RetryAfter(_));
            if problems.as_slice().iter().any(is_away) {
                // The job tries again, for as long as the seat is offered.
                return Err(Fault::away("pricing an offered seat", "tax cannot be worked out now").into());
            }
            let why = problems.as_slice().iter().map(|p| p.message.as_str()).collect::<Vec<_>>().join(" ");
            tracing::info!(why, "what was agreed to is not sold any more");
            return Ok(Err(WhyNot::NotOnSale));
        }
        Err(error) => return Err(error),
    };
    if !now.costs_the_same_as(&seen) || now.total() != agreement.amount {
        return Ok(Err(WhyNot::PriceChanged));
    }
    match referral::check_buyer(app, &now, user).await {
        Ok(()) => Ok(Ok((now, account.email))),
        Err(Error::Refused(_)) => Ok(Err(WhyNot::NotPossible)),
        Err(error) => Err(error),
    }
}

/// Whether everything of the quote is still sold at its price.
pub async fn is_on_sale(tx: &Tx, quote: &Quote) -> Result<bool> {
    for line in &quote.lines {
        let sale = catalog::store::price_for_sale(tx.conn(), line.price, tx.now()).await?;
        if sale.is_none_or(|sale| !sale.on_sale) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn place(
    app: &App,
    entry: WaitlistEntryId,
    (user, email): (UserId, &str),
    quote: &Quote,
) -> Result<Placed> {
    let mut tx = app.begin().await?;
    let buying = match workshops::buying_due(&tx, entry).await? {
        Some((_, Ok(buying))) => buying,
        Some((_, Err(why))) => return Ok(Placed::Not(why)),
        None => return Ok(Placed::Nothing),
    };
    if !is_on_sale(&tx, quote).await? {
        return Ok(Placed::Not(WhyNot::NotOnSale));
    }
    let (order, checkout) = (OrderId(tx.id()), CheckoutId(tx.id()));
    let agreed = buying.agreement.consents.iter();
    let consents: Vec<(&'static str, String)> =
        agreed.filter_map(|(kind, version)| Some((ConsentKind::of(kind)?.name(), version.clone()))).collect();
    let new = NewOrder {
        id: order,
        number: order_number(app),
        buyer: Some(user),
        guest_email: None,
        buyer_email: email,
        quote,
        fees: &fees_of(app, quote),
        consents: &consents,
        refund_window_days: app.settings.refund_window_days,
    };
    let lines = store::insert_order(&tx, &new).await?;
    let until = tx.now() + SEAT_HELD;
    let home = app.link("/");
    let attempt = NewCheckout {
        id: checkout,
        order,
        user: Some(user),
        secret_hash: None,
        option: PurchaseOption::PaymentSheet,
        quote,
        return_url: &home,
        cancel_url: None,
        expires_at: until,
    };
    store::insert_checkout(&tx, &attempt).await?;
    if !crate::workshops::store::begin_buying(&tx, entry, checkout).await? {
        return Ok(Placed::Nothing);
    }
    seats::hold_all(&mut tx, quote, &lines, seats::Buyer::Known(user), until).await?;
    let created = Event::new("checkout.created", checkout).of_creator(quote.creator).of_user(user);
    tx.record(created.with("order", order).with("entry", entry));
    outgoing::intend(&tx, open_page::call_for(attempt.option), checkout.0).await?;
    let job = Job::new("payments.close_sheet", json!({ "checkout": checkout.to_string() }));
    tx.enqueue(job.once(format!("close-sheet:{checkout}")).not_before(until));
    tx.commit().await?;
    Ok(Placed::Order(checkout))
}
