//! A refund that did not reach the buyer: refused by Stripe at once, or sent back by the bank later. Either way all is
//! as if it had never been, and somebody is told.

use serde_json::json;
use stripe_gateway::{Refund as AtStripe, StripeError};

use crate::app::App;
use crate::checkout;
use crate::checkout::model::Order;
use crate::db::Tx;
use crate::kernel::{Denied, PublicId, RefundId, Result};
use crate::outgoing::{self, Intent};
use crate::payments;
use crate::payments::ledger::Journal;

use super::super::letters::{self, Owner};
use super::super::model::{Refund, RefundState};
use super::super::store;
use super::note::{locked, record, status_after};
use super::rights;

/// Stripe refused for good: nothing moved.
pub(super) async fn refused(app: &App, id: RefundId, intent: &Intent, error: &StripeError) -> Result<()> {
    let seen = store::refund(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let order = checkout::store::order(app.db.read(), seen.order).await?.ok_or(Denied::NotFound)?;
    let owner = letters::owner_of(app, order.creator).await?;
    let mut tx = app.begin().await?;
    let (order, refund) = locked(&tx, id, &seen).await?;
    if refund.state != RefundState::Intended {
        return Ok(());
    }
    outgoing::refused(&tx, intent, error).await?;
    end(&mut tx, owner.as_ref(), &order, &refund, &error.to_string()).await?;
    tx.commit().await
}

/// Stripe has the money again: what was booked is reversed, side by side.
pub(super) async fn undo(
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    refund: &Refund,
    read: &AtStripe,
    why: &str,
) -> Result<()> {
    let booked = payments::store::sides_of(tx.conn(), "REFUND", &read.id).await?;
    if !booked.is_empty() {
        let sides = booked.into_iter().map(|(account, amount)| (account, -amount));
        let journal =
            Journal::new("REFUND_FAILED", &read.id, Some(order.id), order.currency, tx.now(), sides)?;
        payments::store::book(tx, &journal).await?;
        store::undo_taken(tx, refund.id.uuid()).await?;
        let refunded = order.refunded_minor - refund.amount.minor;
        checkout::store::set_refunded(tx, order.id, refunded, status_after(order, refunded)).await?;
        rights::return_rights(tx, refund.id.uuid()).await?;
    }
    end(tx, owner, order, refund, why).await
}

async fn end(tx: &mut Tx, owner: Option<&Owner>, order: &Order, refund: &Refund, why: &str) -> Result<()> {
    store::set_failed(tx, refund.id, why).await?;
    if let Some(request) = refund.request {
        store::reopen(tx, request).await?;
    }
    let detail = json!({ "refund": refund.id.to_string(), "order": order.id.to_string(), "why": why });
    payments::store::open_case(tx, "REFUND_FAILED", &refund.id.to_string(), detail).await?;
    letters::failed(tx, owner, order, refund, why).await?;
    record(tx, "order.refund_failed", order, refund);
    Ok(())
}
