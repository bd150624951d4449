//! The bank took the money: what is left of the order is frozen, and nothing of it is sent any more.

use serde_json::json;
use stripe_gateway::Dispute as AtStripe;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::{Order, OrderStatus};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{Fault, OrderLineId, PublicId, Result};
use crate::payments;
use crate::payments::ledger::{Account, Journal};
use crate::payouts;
use crate::queue::Job;
use crate::refunds;
use crate::refunds::division::{Taken, over_lines};
use crate::refunds::letters::Owner;

use super::super::model::Dispute;
use super::super::{letters, sides, store};
use super::answer;

/// Books what the bank took and freezes what is left. The caller holds the order's lock.
pub(super) async fn open(
    app: &App,
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    dispute: &Dispute,
    read: &AtStripe,
) -> Result<()> {
    let taken = taken(tx, order, read.withdrawn).await?;
    let balances = payments::store::balances_of_order(tx.conn(), order.id).await?;
    let sides = sides::opened(read.withdrawn, read.fee, &taken, &balances);
    let journal = Journal::new("DISPUTE_OPENED", &read.id, Some(order.id), order.currency, tx.now(), sides)?;
    payments::store::book(tx, &journal).await?;
    refunds::store::insert_taken(tx, dispute.id.uuid(), &taken).await?;
    store::set_opened(tx, dispute.id, read, taken.iter().map(|part| part.amount).sum()).await?;
    checkout::store::set_refunded(tx, order.id, order.refunded_minor, OrderStatus::Disputed).await?;
    if app.settings.dispute_revokes_access {
        let mut lines: Vec<OrderLineId> = taken.iter().map(|part| part.line).collect();
        lines.dedup();
        refunds::actions::take_rights(tx, dispute.id.uuid(), &lines).await?;
    }
    payouts::actions::request_reversals(tx, order).await?;
    let opened = store::dispute(tx.conn(), dispute.id).await?;
    let opened = opened.ok_or_else(|| Fault::new("opening a dispute", "it is gone"))?;
    letters::opened(tx, owner, order, &opened, order.money(frozen_of(&journal, order))).await?;
    record(tx, "order.disputed", order, dispute);
    let job = Job::new("disputes.answer", json!({ "dispute": dispute.id.to_string() }));
    tx.enqueue(job.once(format!("answer:{}", dispute.id)).not_before(answer::best_time(read, tx.now())));
    Ok(())
}

/// What is left of the order's lines, as far as the bank took it.
async fn taken(tx: &Tx, order: &Order, withdrawn: i64) -> Result<Vec<Taken>> {
    let lines = refunds::store::lines_left(tx.conn(), order).await?;
    let left: i64 = lines.iter().map(|line| line.left().max(0)).sum();
    let mut taken = Vec::new();
    for (id, amount) in over_lines(&lines, withdrawn.min(left)).unwrap_or_default() {
        let parts = lines.iter().find(|line| line.id == id).and_then(|line| line.divide(amount));
        taken.extend(parts.ok_or_else(|| Fault::new("freezing a line", format!("{amount} of {id}")))?);
    }
    Ok(taken)
}

fn frozen_of(journal: &Journal, order: &Order) -> i64 {
    let own = Account::Frozen(order.creator);
    -journal.postings().iter().filter(|(account, _)| *account == own).map(|(_, amount)| amount).sum::<i64>()
}

pub(super) fn record(tx: &mut Tx, kind: &'static str, order: &Order, dispute: &Dispute) {
    tx.record(Event::new(kind, order.id).of_creator(order.creator).with("dispute", dispute.id));
}
