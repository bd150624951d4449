//! Money for seats that were given up, called off or paid too late.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::Order;
use crate::db::Tx;
use crate::idempotency::Call;
use crate::kernel::{Denied, Error, OrderLineId, PublicId, RefundId, Result, SeatId, UserId, Viewer};
use crate::payments;
use crate::workshops;
use crate::workshops::actions::By;
use crate::workshops::model::Seat;

use super::super::model::{Reason, Wish};
use super::super::store;
use super::give::{self, Override};
use super::send;

/// Gives the viewer's seat back, or one they have bought for a companion, and its money, where it goes with it, to whoever
/// paid. The same key does it once.
pub async fn release_seat(app: &App, viewer: &Viewer, seat: SeatId, key: Uuid) -> Result<Option<RefundId>> {
    let call = Call::new(viewer.user_id, "seatRelease", key, &[&seat.to_string()]);
    if let Some(earlier) = call.earlier(app.db.read()).await? {
        return Ok(refund_of(&earlier));
    }
    let known = workshops::store::seat(app.db.read(), seat).await?;
    let known = known.ok_or(Denied::NotFound)?;
    let by = by_whom(app, viewer.user_id, &known).await?.ok_or(Denied::NotFound)?;
    let mut tx = app.begin().await?;
    let order = match known.line {
        Some(line) => locked_order_of(&tx, line).await?,
        None => None,
    };
    let given = workshops::actions::give_up(&mut tx, seat, by).await?;
    let refund = match order.zip(given.line).filter(|_| given.pays_back) {
        Some((order, line)) => {
            let by = Some(viewer.user_id);
            pay_back(&mut tx, &order, (seat, line), Reason::CannotAttend, by).await?
        }
        None => None,
    };
    let result = json!({ "refund": refund.map(|refund| refund.to_string()) });
    if !call.settle(&tx, result).await? {
        drop(tx);
        return Ok(call.earlier(app.db.read()).await?.as_ref().and_then(refund_of));
    }
    tx.commit().await?;
    if let Some(refund) = refund {
        send::send_now(app, refund).await?;
    }
    Ok(refund)
}

/// As what this person gives a seat back, if it is theirs to give back.
async fn by_whom(app: &App, user: UserId, seat: &Seat) -> Result<Option<By>> {
    if seat.user == Some(user) {
        return Ok(Some(By::Holder(user)));
    }
    let Some(line) = seat.line.filter(|_| seat.for_companion) else { return Ok(None) };
    let Some(line) = checkout::store::line(app.db.read(), line).await? else { return Ok(None) };
    let order = checkout::store::order(app.db.read(), line.order).await?;
    Ok(order.filter(|order| order.buyer == Some(user)).map(|_| By::Payer))
}

fn refund_of(result: &serde_json::Value) -> Option<RefundId> {
    result["refund"].as_str().and_then(|id| id.parse().ok())
}

/// Gives the money of a seat back if it is owed: see [`workshops::actions::owed`]. Harmless when run again.
pub async fn pay_back_seat(app: &App, seat: SeatId, reason: Reason) -> Result<()> {
    let known = workshops::store::seat(app.db.read(), seat).await?;
    let Some(line) = known.and_then(|seat| seat.line) else { return Ok(()) };
    let mut tx = app.begin().await?;
    let Some(order) = locked_order_of(&tx, line).await? else { return Ok(()) };
    if workshops::actions::owed(&tx, seat).await? != Some(line) {
        return Ok(());
    }
    let refund = pay_back(&mut tx, &order, (seat, line), reason, None).await?;
    tx.commit().await?;
    if let Some(refund) = refund {
        send::send_now(app, refund).await?;
    }
    Ok(())
}

async fn locked_order_of(tx: &Tx, line: OrderLineId) -> Result<Option<Order>> {
    let Some(line) = checkout::store::line(tx.conn(), line).await? else { return Ok(None) };
    checkout::store::lock_order(tx, line.order).await
}

/// Intends the refund of what a seat's line has left. Where there is nothing left the seat is over with; what cannot be
/// given back now, since a bank disputes it, is a person's.
async fn pay_back(
    tx: &mut Tx,
    order: &Order,
    (seat, line): (SeatId, OrderLineId),
    reason: Reason,
    by: Option<UserId>,
) -> Result<Option<RefundId>> {
    let left = store::lines_left(tx.conn(), order).await?.into_iter().find(|one| one.id == line);
    // What is on its way already is not asked for twice; the rest is.
    if left.as_ref().is_some_and(|left| left.left() <= 0 && left.under_way > 0) {
        return Ok(None);
    }
    if left.is_none_or(|left| left.left() <= 0) {
        workshops::actions::take_seats(tx, seat.uuid(), &[line]).await?;
        return Ok(None);
    }
    let wish = Wish { lines: vec![line], amount: None, reason, revokes: true };
    match give::intend(tx, order, &wish, by, None, Override::No).await {
        Ok(refund) => Ok(Some(refund)),
        Err(Error::Refused(_)) => {
            let detail = json!({ "order": order.id.to_string(), "seat": seat.to_string() });
            payments::store::open_case(tx, "SEAT_NOT_PAID_BACK", &seat.to_string(), detail).await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
