//! A refund made at Stripe by hand: it happened, so it is ours too, taken from all lines alike.

use chrono::Duration;
use serde_json::json;
use stripe_gateway::Refund as AtStripe;

use crate::app::App;
use crate::checkout;
use crate::db::Tx;
use crate::kernel::{Denied, Fault, RefundId, Result};
use crate::payments;

use super::super::division::over_lines;
use super::super::model::NewRefund;
use super::super::store;
use super::note;

/// As long as this, what we do not know yet may still become known.
const HOPE: Duration = Duration::hours(1);

/// Writes a refund down that we did not ask for, then moves it to where it is.
pub(super) async fn adopt(app: &App, read: &AtStripe) -> Result<()> {
    let tx = app.begin().await?;
    match written(&tx, read).await? {
        Some(id) => {
            tx.commit().await?;
            note::note(app, id, read).await
        }
        None if app.now() < read.created + HOPE => {
            Err(Fault::away("adopting a refund", "no payment of ours has room for it yet").into())
        }
        None => {
            let detail = json!({ "stripe": read.id, "charge": read.charge, "amount": read.amount });
            payments::store::open_case(&tx, "REFUND_UNKNOWN", &read.id, detail).await?;
            tx.commit().await
        }
    }
}

/// `None` if its charge pays no order of ours, or that order has less left.
async fn written(tx: &Tx, read: &AtStripe) -> Result<Option<RefundId>> {
    let Some(charge) = &read.charge else { return Ok(None) };
    let Some(order) = payments::store::order_of_charge(tx.conn(), charge).await? else { return Ok(None) };
    let order = checkout::store::lock_order(tx, order).await?.ok_or(Denied::NotFound)?;
    if let Some(known) = store::refund_at_stripe(tx.conn(), &read.id).await? {
        return Ok(Some(known.id));
    }
    if read.currency != order.currency.code() {
        return Ok(None);
    }
    let left = store::lines_left(tx.conn(), &order).await?;
    let Some(lines) = over_lines(&left, read.amount).filter(|lines| !lines.is_empty()) else {
        return Ok(None);
    };
    let new = NewRefund {
        order: order.id,
        charge: charge.clone(),
        currency: order.currency,
        request: None,
        reason: None,
        by: None,
        revokes: false,
        lines,
    };
    let id = store::insert_refund(tx, &new).await?;
    store::set_stripe_id(tx, id, &read.id).await?;
    Ok(Some(id))
}
