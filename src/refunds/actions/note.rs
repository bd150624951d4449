//! Noting what Stripe says of a refund: forward only, once, under the order's lock.

use serde_json::json;
use stripe_gateway::{Refund as AtStripe, RefundStatus};

use crate::app::App;
use crate::checkout;
use crate::checkout::model::{Order, OrderStatus};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Denied, Fault, OrderLineId, PublicId, RefundId, Result};
use crate::outgoing::{self, Kind};
use crate::payments;
use crate::payments::ledger::Journal;
use crate::payouts;

use super::super::division::{TAX, Taken, refund_sides};
use super::super::letters::{self, Owner};
use super::super::model::{Refund, RefundState};
use super::super::store;
use super::{fail, rights};

/// Moves a refund to where Stripe says it is.
pub(super) async fn note(app: &App, id: RefundId, read: &AtStripe) -> Result<()> {
    let seen = store::refund(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let order = checkout::store::order(app.db.read(), seen.order).await?.ok_or(Denied::NotFound)?;
    let owner = letters::owner_of(app, order.creator).await?;
    let mut tx = app.begin().await?;
    let (order, refund) = locked(&tx, id, &seen).await?;
    if let Some(difference) = difference(&refund, read) {
        let detail = json!({ "refund": id.to_string(), "stripe": read.id, "difference": difference });
        payments::store::open_case(&tx, "REFUND_MISMATCH", &id.to_string(), detail).await?;
        return tx.commit().await;
    }
    if refund.state == RefundState::Intended {
        store::set_stripe_id(&tx, id, &read.id).await?;
        // What was made by hand at Stripe was never asked for here; a seat's money goes back without anybody's asking.
        if let Some(intent) = outgoing::intended(&tx, Kind::Refund, id.uuid()).await? {
            outgoing::answered(&tx, &intent, &read.id).await?;
        }
    }
    match (refund.state, read.status) {
        (RefundState::Intended, RefundStatus::Pending) => store::set_pending(&tx, id).await?,
        (RefundState::Intended | RefundState::Pending, RefundStatus::Succeeded) => {
            succeed(&mut tx, owner.as_ref(), &order, &refund, read).await?;
        }
        (RefundState::Failed, _) => {}
        (_, RefundStatus::Failed) => {
            let why = read.failure.clone().unwrap_or_else(|| "the bank sent it back".to_owned());
            fail::undo(&mut tx, owner.as_ref(), &order, &refund, read, &why).await?;
        }
        _ => {}
    }
    tx.commit().await
}

/// The order, locked, and its refund as it is under that lock.
pub(super) async fn locked(tx: &Tx, id: RefundId, seen: &Refund) -> Result<(Order, Refund)> {
    let order = checkout::store::lock_order(tx, seen.order).await?;
    let refund = store::refund(tx.conn(), id).await?;
    Ok(order.zip(refund).ok_or_else(|| Fault::new("noting a refund", "it is gone"))?)
}

/// What Stripe says that we did not ask for.
fn difference(refund: &Refund, read: &AtStripe) -> Option<String> {
    let wanted = (refund.amount.minor, refund.amount.currency.code(), refund.charge.as_str());
    let got = (read.amount, read.currency.as_str(), read.charge.as_deref().unwrap_or(&refund.charge));
    let another = refund.stripe_id.as_ref().is_some_and(|known| *known != read.id);
    (wanted != got || another).then(|| format!("wanted {wanted:?}, got {got:?}"))
}

/// The money went back: booked, taken from everybody's part, told.
async fn succeed(
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    refund: &Refund,
    read: &AtStripe,
) -> Result<()> {
    let lines = store::lines_of_refund(tx.conn(), refund.id).await?;
    let taken = divided(tx, order, &lines).await?;
    let balances = payments::store::balances_of_order(tx.conn(), order.id).await?;
    let sides = refund_sides(&taken, &balances);
    let journal = Journal::new("REFUND", &read.id, Some(order.id), order.currency, tx.now(), sides)?;
    payments::store::book(tx, &journal).await?;
    store::insert_taken(tx, refund.id.uuid(), &taken).await?;
    let tax = taken.iter().filter(|part| part.place == TAX).map(|part| part.amount).sum();
    payments::actions::tax::given_back(tx, order, refund.id.uuid(), refund.amount.minor, tax).await?;
    store::set_succeeded(tx, refund.id).await?;
    let refunded = order.refunded_minor + refund.amount.minor;
    checkout::store::set_refunded(tx, order.id, refunded, status_after(order, refunded)).await?;
    let lines: Vec<OrderLineId> = lines.iter().map(|(line, _)| *line).collect();
    rights::void_returned(tx, order, refund.id.uuid(), &lines).await?;
    if refund.revokes {
        rights::take_rights(tx, refund.id.uuid(), &lines).await?;
    }
    let own: i64 =
        taken.iter().filter(|part| part.payee == Some(order.creator)).map(|part| part.amount).sum();
    // What the payees were sent already is asked back.
    payouts::actions::request_reversals(tx, order).await?;
    letters::refunded(tx, owner, order, refund, order.money(own)).await?;
    record(tx, "order.refunded", order, refund);
    Ok(())
}

async fn divided(tx: &Tx, order: &Order, lines: &[(OrderLineId, i64)]) -> Result<Vec<Taken>> {
    let left = store::lines_left(tx.conn(), order).await?;
    let mut taken = Vec::new();
    for (id, amount) in lines {
        let line = left.iter().find(|line| line.id == *id).and_then(|line| line.divide(*amount));
        taken.extend(line.ok_or_else(|| Fault::new("booking a refund", format!("{amount} of {id}")))?);
    }
    Ok(taken)
}

/// A disputed order stays disputed until its bank has decided.
pub(super) fn status_after(order: &Order, refunded: i64) -> OrderStatus {
    match order.status {
        OrderStatus::Disputed => OrderStatus::Disputed,
        _ => order.status_with(refunded),
    }
}

pub(super) fn record(tx: &mut Tx, kind: &'static str, order: &Order, refund: &Refund) {
    let mut event = Event::new(kind, order.id).of_creator(order.creator).with("refund", refund.id);
    if let Some(buyer) = order.buyer {
        event = event.of_user(buyer);
    }
    tx.record(event);
}
