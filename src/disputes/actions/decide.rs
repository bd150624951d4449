//! The bank decided. Won: all is as before, access too. Lost: the money is gone for good.

use stripe_gateway::Dispute as AtStripe;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::{Order, OrderStatus};
use crate::db::Tx;
use crate::kernel::{PublicId, Result};
use crate::payments;
use crate::payments::ledger::{Account, Journal};
use crate::payouts;
use crate::refunds;
use crate::refunds::letters::Owner;

use super::super::model::{Dispute, DisputeState};
use super::super::{letters, sides, store};
use super::open::record;

/// Books the decision. The caller holds the order's lock.
pub(super) async fn decide(
    app: &App,
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    dispute: &Dispute,
    read: &AtStripe,
    won: bool,
) -> Result<()> {
    store::set_state(tx, dispute.id, if won { DisputeState::Won } else { DisputeState::Lost }).await?;
    let opened = payments::store::sides_of(tx.conn(), "DISPUTE_OPENED", &read.id).await?;
    if opened.is_empty() {
        // The bank never took anything.
        return Ok(());
    }
    if won {
        restore(tx, order, dispute, read, &opened).await?;
    } else {
        lose(app, tx, order, dispute, read, &opened).await?;
    }
    // What the decision leaves below zero is asked back from whoever was sent too much.
    payouts::actions::request_reversals(tx, order).await?;
    let own = Account::Frozen(order.creator);
    let frozen: i64 = opened.iter().filter(|(account, _)| *account == own).map(|(_, amount)| -amount).sum();
    letters::decided(tx, owner, order, dispute, won, order.money(frozen)).await?;
    record(tx, if won { "dispute.won" } else { "dispute.lost" }, order, dispute);
    Ok(())
}

async fn restore(
    tx: &mut Tx,
    order: &Order,
    dispute: &Dispute,
    read: &AtStripe,
    opened: &[(Account, i64)],
) -> Result<()> {
    let at = tx.now();
    let sides = sides::won(opened, read.reinstated);
    let journal = Journal::new("DISPUTE_WON", &read.id, Some(order.id), order.currency, at, sides)?;
    payments::store::book(tx, &journal).await?;
    if read.fee_returned > 0 {
        let sides = [(Account::Stripe, read.fee_returned), (Account::DisputeFee, -read.fee_returned)];
        let kind = "DISPUTE_FEE_RETURNED";
        let journal = Journal::new(kind, &read.id, Some(order.id), order.currency, at, sides)?;
        payments::store::book(tx, &journal).await?;
    }
    refunds::store::undo_taken(tx, dispute.id.uuid()).await?;
    let status = order.status_with(order.refunded_minor);
    checkout::store::set_refunded(tx, order.id, order.refunded_minor, status).await?;
    refunds::actions::return_rights(tx, dispute.id.uuid()).await
}

async fn lose(
    app: &App,
    tx: &mut Tx,
    order: &Order,
    dispute: &Dispute,
    read: &AtStripe,
    opened: &[(Account, i64)],
) -> Result<()> {
    let lines = checkout::store::lines(tx.conn(), &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let shares = checkout::store::shares(tx.conn(), &lines).await?;
    let taken = store::taken(tx.conn(), dispute.id, &shares).await?;
    let (at, currency) = (tx.now(), order.currency);
    let sides = sides::lost(opened, &taken);
    let journal = Journal::new("DISPUTE_LOST", &read.id, Some(order.id), currency, at, sides)?;
    payments::store::book(tx, &journal).await?;
    if app.settings.dispute_fee_from_creator && dispute.fee_minor > 0 {
        let fee = dispute.fee_minor;
        let sides = [(Account::Due(order.creator), fee), (Account::DisputeFee, -fee)];
        let journal = Journal::new("DISPUTE_FEE", &read.id, Some(order.id), currency, at, sides)?;
        payments::store::book(tx, &journal).await?;
    }
    let left = refunds::store::lines_left(tx.conn(), order).await?;
    // An order of which nothing is left stays disputed; of another, the rest is the creator's again.
    if left.iter().any(|line| line.left() > 0) {
        let status = order.status_with(order.refunded_minor);
        checkout::store::set_refunded(tx, order.id, order.refunded_minor, status).await?;
    } else {
        let refunded = order.refunded_minor;
        checkout::store::set_refunded(tx, order.id, refunded, OrderStatus::Disputed).await?;
    }
    Ok(())
}
