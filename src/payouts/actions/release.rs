//! What buyers can no longer ask back becomes due.

use serde_json::json;

use crate::app::App;
use crate::checkout::model::{Order, OrderStatus};
use crate::db::Tx;
use crate::kernel::{Error, Result};
use crate::payments::ledger::{Account, Journal};
use crate::payments::store as book;
use crate::queue::Job;

use super::super::store::{self, Position};

/// Looks this often in a row while there is more to release.
const MOST_ROUNDS: usize = 50;

/// Releases every share whose order's refund window is over. One that fails does not keep the others waiting.
pub async fn release(app: &App) -> Result<()> {
    let mut first_failure = None;
    for _ in 0..MOST_ROUNDS {
        let mut released = false;
        for at in store::releasable(&app.db, app.now()).await? {
            match release_one(app, at).await {
                Ok(done) => released |= done,
                Err(error) => note(&mut first_failure, error),
            }
        }
        if !released {
            break;
        }
    }
    first_failure.map_or(Ok(()), Err)
}

pub(super) fn note(first: &mut Option<Error>, error: Error) {
    tracing::warn!(%error, "one creator's money could not be moved; the others' goes on");
    first.get_or_insert(error);
}

/// Releases one payee's share of one order, if it may be; whether it was.
pub async fn release_one(app: &App, at: Position) -> Result<bool> {
    let mut tx = app.begin().await?;
    let Some(order) = crate::checkout::store::lock_order(&tx, at.order).await? else { return Ok(false) };
    if !is_over(&order, &tx) {
        return Ok(false);
    }
    let balances = book::balances_of_order(tx.conn(), order.id).await?;
    let held = balances.iter().find(|(account, _)| *account == Account::Held(at.payee));
    let Some(held) = held.map(|(_, amount)| -amount).filter(|held| *held > 0) else { return Ok(false) };
    // Money may be held again after it was released (a dispute that was won): each release has an id of its own.
    let before = store::releases(tx.conn(), at).await?;
    let first = format!("{}:{}", at.order, at.payee);
    let id = if before == 0 { first } else { format!("{first}:{}", before + 1) };
    let sides = [(Account::Held(at.payee), held), (Account::Due(at.payee), -held)];
    let journal = Journal::new("RELEASE", id, Some(order.id), order.currency, tx.now(), sides)?;
    book::book(&tx, &journal).await?;
    tx.enqueue(Job::new(
        "payouts.send",
        json!({ "order": at.order.to_string(), "payee": at.payee.to_string() }),
    ));
    tx.commit().await?;
    Ok(true)
}

fn is_over(order: &Order, tx: &Tx) -> bool {
    let over = order.refundable_until().is_some_and(|until| until <= tx.now());
    over && order.status.was_paid() && order.status != OrderStatus::Disputed
}
