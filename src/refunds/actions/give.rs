//! The team gives money back: all of it, an amount, or line by line.
//!
//! The refund and the intent to ask Stripe commit first, under the order's lock: two refunds at once see each other,
//! and never exceed what was paid.

use chrono::Duration;
use futures_util::future::BoxFuture;
use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::{Order, OrderStatus};
use crate::creators::{self, Permission};
use crate::db::Tx;
use crate::events::Event;
use crate::idempotency::Call;
use crate::kernel::{
    Denied, Error, Fault, Money, OrderId, OrderLineId, PublicId, RefundId, RefundRequestId, Refusal, Result,
    UserId, Viewer,
};
use crate::outgoing::{self, Kind};
use crate::payments;
use crate::queue::Job;

use super::super::division::{Line, over_lines};
use super::super::model::{NewRefund, Refund, Wish};
use super::super::refusals::RefundRefusal as No;
use super::super::store;
use super::send;

/// Whether somebody vouches for giving money back while the buyer's bank disputes the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Override {
    /// A dispute blocks it.
    No,
    /// An operator says that the bank still lets this charge be refunded.
    DisputeStillRefundable,
}

/// What else commits with the refund: the operators' audit log, which this room knows nothing of.
pub type Alongside = Box<dyn for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<()>> + Send>;

/// Gives money back. The same key gives the same refund again.
pub async fn give(app: &App, viewer: &Viewer, order: OrderId, wish: Wish, key: Uuid) -> Result<Refund> {
    let seen = checkout::store::order(app.db.read(), order).await?.ok_or(Denied::NotFound)?;
    let desk = creators::desk(app, viewer, seen.creator, Permission::Finance).await?;
    let call = Call::new(desk.user_id, "orderRefund", key, &[&order.to_string(), &fingerprint(&wish)]);
    give_once(app, desk.user_id, order, &wish, &call, (Override::No, None)).await
}

/// The same for an operator of the platform; the caller has checked who it is.
pub async fn give_by_operator(
    app: &App,
    operator: UserId,
    order: OrderId,
    wish: Wish,
    key: Uuid,
    vouched: Override,
    alongside: Alongside,
) -> Result<Refund> {
    let call = Call::new(operator, "adminOrderRefund", key, &[&order.to_string(), &fingerprint(&wish)]);
    give_once(app, operator, order, &wish, &call, (vouched, Some(alongside))).await
}

/// Everything that makes two wishes the same wish.
fn fingerprint(wish: &Wish) -> String {
    let lines: Vec<String> = wish.lines.iter().map(OrderLineId::to_string).collect();
    let amount = wish.amount.map(|amount| format!("{}{}", amount.minor, amount.currency));
    json!([lines, amount, wish.reason.name(), wish.revokes]).to_string()
}

async fn give_once(
    app: &App,
    by: UserId,
    order: OrderId,
    wish: &Wish,
    call: &Call,
    (vouched, alongside): (Override, Option<Alongside>),
) -> Result<Refund> {
    if let Some(earlier) = call.earlier(app.db.read()).await? {
        return earlier_refund(app, &earlier).await;
    }
    let mut tx = app.begin().await?;
    let order = checkout::store::lock_order(&tx, order).await?.ok_or(Denied::NotFound)?;
    let id = intend(&mut tx, &order, wish, Some(by), None, vouched).await?;
    if !call.settle(&tx, json!({ "refund": id.to_string() })).await? {
        drop(tx);
        return earlier_refund(app, &call.earlier(app.db.read()).await?.unwrap_or_default()).await;
    }
    if let Some(alongside) = alongside {
        alongside(&tx).await?;
    }
    tx.commit().await?;
    send::send_now(app, id).await?;
    read(app, id).await
}

async fn earlier_refund(app: &App, result: &serde_json::Value) -> Result<Refund> {
    let id = result["refund"].as_str().and_then(|id| id.parse().ok());
    read(app, id.ok_or_else(|| Error::Fault(Fault::new("reading an earlier refund", result)))?).await
}

async fn read(app: &App, id: RefundId) -> Result<Refund> {
    Ok(store::refund(app.db.read(), id).await?.ok_or(Denied::NotFound)?)
}

/// Writes a refund, the intent to ask Stripe, and a job that asks if this process dies. The caller holds the order's
/// lock.
pub(super) async fn intend(
    tx: &mut Tx,
    order: &Order,
    wish: &Wish,
    by: Option<UserId>,
    request: Option<RefundRequestId>,
    vouched: Override,
) -> Result<RefundId> {
    refundable(order, vouched).map_err(|no| Error::from(no.at(["orderId"])))?;
    let charge = payments::store::charge_of_order(tx.conn(), order.id).await?;
    let (charge, _) = charge.ok_or_else(|| Error::from(No::NotPaid.at(["orderId"])))?;
    let lines = chosen(order, store::lines_left(tx.conn(), order).await?, wish)?;
    let new = NewRefund {
        order: order.id,
        charge,
        currency: order.currency,
        request,
        reason: Some(wish.reason),
        by,
        revokes: wish.revokes,
        lines,
    };
    let id = store::insert_refund(tx, &new).await?;
    outgoing::intend(tx, Kind::Refund, id.uuid()).await?;
    let job = Job::new("refunds.send", json!({ "refund": id.to_string() }));
    tx.enqueue(job.once(format!("send-refund:{id}")).not_before(tx.now() + Duration::seconds(30)));
    tx.record(Event::new("refund.intended", id).of_creator(order.creator).with("order", order.id));
    Ok(id)
}

fn refundable(order: &Order, vouched: Override) -> std::result::Result<(), No> {
    match order.status {
        OrderStatus::Pending | OrderStatus::Void => Err(No::NotPaid),
        _ if order.total_minor == 0 => Err(No::WasFree),
        OrderStatus::Disputed if vouched == Override::No => Err(No::Disputed),
        _ => Ok(()),
    }
}

/// How much of which line.
fn chosen(order: &Order, lines: Vec<Line>, wish: &Wish) -> Result<Vec<(OrderLineId, i64)>> {
    for (at, id) in wish.lines.iter().enumerate() {
        let path = || ["input".to_owned(), "lineIds".to_owned(), at.to_string()];
        if !lines.iter().any(|line| line.id == *id) {
            return Err(No::NoSuchLine.at(path()).into());
        }
        if wish.lines[..at].contains(id) {
            return Err(No::LineTwice.at(path()).into());
        }
    }
    let mine: Vec<&Line> =
        lines.iter().filter(|line| wish.lines.is_empty() || wish.lines.contains(&line.id)).collect();
    let left: i64 = mine.iter().map(|line| line.left().max(0)).sum();
    let amount = amount(order, wish, left).map_err(|no| Error::from(no.at(["input", "amount"])))?;
    let parts = over_lines(mine, amount);
    Ok(parts.ok_or_else(|| Fault::new("dividing a refund", format!("{amount} of {left}")))?)
}

fn amount(order: &Order, wish: &Wish, left: i64) -> std::result::Result<i64, No> {
    let Some(wanted) = wish.amount else {
        return if left > 0 { Ok(left) } else { Err(No::NothingLeft) };
    };
    match wanted {
        Money { currency, .. } if currency != order.currency => Err(No::OtherCurrency(order.currency)),
        Money { minor, .. } if minor <= 0 => Err(No::NotPositive),
        _ if left <= 0 => Err(No::NothingLeft),
        Money { minor, .. } if minor > left => Err(No::ExceedsPaid(order.money(left))),
        Money { minor, .. } => Ok(minor),
    }
}
