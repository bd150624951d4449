//! Commissions nobody can be paid: after half a year they go back to those whose sale they came from.

use std::collections::BTreeMap;

use chrono::Duration;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::app::App;
use crate::checkout::{self, shares::divide};
use crate::db;
use crate::events::Event;
use crate::kernel::{CreatorId, Instant, OrderId, Result};
use crate::payments::ledger::{Account, Journal};
use crate::payments::store as book;

/// How long a commission waits for its affiliate to open an account.
pub const WAITS: Duration = Duration::days(180);

#[derive(FromQueryResult)]
struct Row {
    order_id: Uuid,
    payee_creator_id: Uuid,
}

/// Returns every commission that has waited too long; one that fails keeps no other waiting.
pub async fn return_unclaimed(app: &App) -> Result<()> {
    let mut first_failure = None;
    for (order, payee) in waiting(app, app.now() - WAITS).await? {
        if let Err(error) = return_one(app, order, payee).await {
            tracing::warn!(%order, %error, "a commission could not be returned");
            first_failure.get_or_insert(error);
        }
    }
    first_failure.map_or(Ok(()), Err)
}

/// Commissions of orders paid before `before` that are due to somebody without an account.
async fn waiting(app: &App, before: Instant) -> Result<Vec<(OrderId, CreatorId)>> {
    let text = "SELECT DISTINCT l.order_id, a.payee_creator_id FROM commissions c
         JOIN affiliates a ON a.id = c.affiliate_id JOIN order_lines l ON l.id = c.order_line_id
         JOIN orders o ON o.id = l.order_id
         WHERE o.paid_at < $1
           AND NOT EXISTS (SELECT 1 FROM payout_accounts p
                           WHERE p.creator_id = a.payee_creator_id AND p.state = 'READY')
           AND (SELECT SUM(p.amount_minor) FROM postings p JOIN journals j ON j.id = p.journal_id
                WHERE j.order_id = o.id AND p.account = 'DUE' AND p.payee_creator_id = a.payee_creator_id) < 0
           AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = o.id
                             AND t.payee_creator_id = a.payee_creator_id AND t.state NOT IN ('SENT', 'REFUSED'))
         LIMIT 200";
    let rows =
        Row::find_by_statement(db::sql(app.db.backend(), text, [before.into()])).all(app.db.read()).await?;
    Ok(rows.into_iter().map(|row| (OrderId(row.order_id), CreatorId(row.payee_creator_id))).collect())
}

async fn return_one(app: &App, order: OrderId, payee: CreatorId) -> Result<()> {
    let mut tx = app.begin().await?;
    let Some(order) = checkout::store::lock_order(&tx, order).await? else { return Ok(()) };
    let balances = book::balances_of_order(tx.conn(), order.id).await?;
    let due = balances.iter().find(|(account, _)| *account == Account::Due(payee)).map_or(0, |(_, sum)| -sum);
    if due <= 0 {
        return Ok(());
    }
    let mut sides = vec![(Account::Due(payee), due)];
    for (creator, amount) in givers(&tx, &order, payee, due).await? {
        sides.push((Account::Due(creator), -amount));
    }
    let name = format!("{}:{payee}", order.id);
    let journal = Journal::new("COMMISSION_RETURNED", name, Some(order.id), order.currency, tx.now(), sides)?;
    if book::book(&tx, &journal).await? {
        tx.record(Event::new("commission.returned", order.id).of_creator(order.creator).with("payee", payee));
        tx.commit().await?;
    }
    Ok(())
}

/// Those who shared in the sale with the affiliate, and what each gets back: as much as their shares bore of it.
async fn givers(
    tx: &db::Tx,
    order: &checkout::model::Order,
    payee: CreatorId,
    amount: i64,
) -> Result<Vec<(CreatorId, i64)>> {
    let lines = checkout::store::lines(tx.conn(), &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let mut weights: BTreeMap<CreatorId, u32> = BTreeMap::new();
    for share in checkout::store::shares(tx.conn(), &lines).await? {
        if share.payee != payee {
            let weight = weights.entry(share.payee).or_default();
            *weight = weight.saturating_add(u32::try_from(share.amount_minor).unwrap_or(u32::MAX));
        }
    }
    let parts = divide(amount, &weights.values().copied().collect::<Vec<_>>());
    Ok(match parts {
        Some(parts) => weights.into_keys().zip(parts).collect(),
        // Nothing was left for anybody else: the seller has it.
        None => vec![(order.creator, amount)],
    })
}
