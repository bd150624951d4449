//! A buyer asks for the money back: once, in time.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::{Order, OrderStatus};
use crate::events::Event;
use crate::idempotency::Call;
use crate::kernel::text::{self, Checks};
use crate::kernel::{Denied, Error, Fault, Instant, OrderId, RefundRequestId, Refusal, Result, Viewer};

use super::super::model::{Reason, RefundRequest};
use super::super::refusals::RefundRefusal as No;
use super::super::{letters, store};

const NOTE: usize = 2000;

/// Asks for the money of an order back. The same key gives the same request again.
pub async fn ask(
    app: &App,
    viewer: &Viewer,
    order: OrderId,
    reason: Reason,
    note: Option<String>,
    key: Uuid,
) -> Result<RefundRequest> {
    let input = [&order.to_string(), reason.name(), note.as_deref().unwrap_or_default()];
    let call = Call::new(viewer.user_id, "orderRefundRequest", key, &input);
    if let Some(earlier) = call.earlier(app.db.read()).await? {
        return earlier_request(app, &earlier).await;
    }
    let mut checks = Checks::default();
    let note = checks.take(&["note"], note.map(|note| text::prose("The note", &note, NOTE)).transpose());
    checks.done()?;
    let note = note.flatten().filter(|note| !note.trim().is_empty());
    let order = checkout::actions::order_of(app, viewer, order).await?;
    may_ask(&order, app.now()).map_err(at_order)?;
    let owner = letters::owner_of(app, order.creator).await?;

    let mut tx = app.begin().await?;
    let order = checkout::store::lock_order(&tx, order.id).await?.ok_or(Denied::NotFound)?;
    may_ask(&order, tx.now()).map_err(at_order)?;
    let id = store::insert_request(&tx, &order, viewer.user_id, reason, note.as_deref()).await?;
    let id = id.ok_or_else(|| at_order(No::AskedBefore))?;
    let request = store::request(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    letters::asked(&mut tx, owner.as_ref(), &order, &request).await?;
    let asked = Event::new("refund_request.opened", id).of_creator(order.creator).of_user(viewer.user_id);
    tx.record(asked.with("order", order.id));
    if !call.settle(&tx, json!({ "request": id.to_string() })).await? {
        drop(tx);
        return earlier_request(app, &call.earlier(app.db.read()).await?.unwrap_or_default()).await;
    }
    tx.commit().await?;
    Ok(request)
}

async fn earlier_request(app: &App, result: &serde_json::Value) -> Result<RefundRequest> {
    let id = result["request"].as_str().and_then(|id| id.parse::<RefundRequestId>().ok());
    let id = id.ok_or_else(|| Fault::new("reading an earlier refund request", result))?;
    Ok(store::request(app.db.read(), id).await?.ok_or(Denied::NotFound)?)
}

/// Whether the buyer of this order may still ask for their money, as far as the order alone says.
pub fn may_ask(order: &Order, now: Instant) -> std::result::Result<(), No> {
    let Some(until) = order.refundable_until() else { return Err(No::NotPaid) };
    match order.status {
        OrderStatus::Pending | OrderStatus::Void => Err(No::NotPaid),
        _ if order.total_minor == 0 => Err(No::WasFree),
        OrderStatus::Disputed => Err(No::Disputed),
        OrderStatus::Refunded => Err(No::NothingLeft),
        _ if now >= until => Err(No::WindowClosed(order.refund_window_days)),
        _ => Ok(()),
    }
}

fn at_order(no: No) -> Error {
    no.at(["orderId"]).into()
}
