//! Purchases of guests become theirs when somebody proves the address they were made with.
//!
//! Whoever proves first is told here by a job of the same transaction as the proof; a guest's payment asks too, since
//! the address may have been proven long before. Each order is claimed once, under its lock.

use serde_json::json;

use crate::app::App;
use crate::checkout::model::OrderStatus;
use crate::enrollment::model::Source;
use crate::events::Event;
use crate::kernel::{OrderId, Result, UserId};
use crate::{checkout, identity, workshops};

use super::super::store;

/// Gives the paid guest orders of this address (lower-cased) to the account that has proven it, if there is one.
pub async fn claim_guest_orders(app: &App, email: &str) -> Result<()> {
    let found = identity::store::by_email(app.db.read(), email).await?.map(|found| found.account);
    let Some(owner) = found.filter(|account| account.email_verified_at.is_some()) else { return Ok(()) };
    for order in checkout::store::unclaimed(app.db.read(), email).await? {
        claim(app, order, owner.id).await?;
    }
    workshops::actions::claim_seats(app, email).await
}

async fn claim(app: &App, id: OrderId, owner: UserId) -> Result<()> {
    let mut tx = app.begin().await?;
    let Some(mut order) = checkout::store::lock_order(&tx, id).await? else { return Ok(()) };
    if order.buyer.is_some() || order.paid_at.is_none() {
        return Ok(());
    }
    checkout::store::set_buyer(&tx, id, owner).await?;
    order.buyer = Some(owner);
    // What was refunded or is disputed gives nothing; it only finds its place among the person's orders.
    if matches!(order.status, OrderStatus::Paid | OrderStatus::PartiallyRefunded) {
        let source = if order.total_minor == 0 { Source::Free } else { Source::Purchase };
        let lines = checkout::actions::bought_lines(&tx, &order).await?;
        let had = checkout::actions::grant_found(&mut tx, &order, &lines, source).await?;
        if had > 0 {
            let detail = json!({ "order": id.to_string(), "lines": had });
            store::open_case(&tx, "BOUGHT_TWICE", &id.to_string(), detail).await?;
        }
    }
    tx.record(Event::new("order.claimed", id).of_user(owner).of_creator(order.creator));
    tx.commit().await
}
