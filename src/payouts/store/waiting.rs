//! What of a creator's money waits, order by order.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::db;
use crate::kernel::{CreatorId, Instant, Money, OrderId, PublicId, Result};

use super::due::currency;

/// A creator's part of one order that is held, due or under dispute.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which order.
    pub order: OrderId,
    /// `HELD`, `DUE` or `FROZEN`.
    pub account: String,
    /// How much; below zero: owed back.
    pub amount: Money,
    /// When the order was paid.
    pub paid_at: Option<Instant>,
    /// Days in which its buyer may ask for the money back.
    pub refund_window_days: i32,
}

#[derive(FromQueryResult)]
struct PartRow {
    order_id: Uuid,
    account: String,
    currency: String,
    amount: i64,
    paid_at: Option<Instant>,
    refund_window_days: i32,
}

/// Every part of a creator's money that is not at Stripe yet, oldest orders first.
pub async fn parts(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<Vec<Part>> {
    let text = "SELECT j.order_id, p.account, p.currency, CAST(-SUM(p.amount_minor) AS BIGINT) AS amount,
             o.paid_at, o.refund_window_days
         FROM postings p JOIN journals j ON j.id = p.journal_id JOIN orders o ON o.id = j.order_id
         WHERE p.payee_creator_id = $1
         GROUP BY j.order_id, p.account, p.currency, o.paid_at, o.refund_window_days
         HAVING SUM(p.amount_minor) <> 0 ORDER BY o.paid_at, j.order_id, p.account";
    let statement = db::sql(conn.get_database_backend(), text, [creator.uuid().into()]);
    let rows = PartRow::find_by_statement(statement).all(conn).await?;
    let parts = rows.into_iter().map(|row| {
        Ok(Part {
            order: OrderId(row.order_id),
            account: row.account,
            amount: Money::new(row.amount, currency(&row.currency)?),
            paid_at: row.paid_at,
            refund_window_days: row.refund_window_days,
        })
    });
    parts.collect()
}
