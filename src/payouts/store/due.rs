//! What the book says may be released, and what is due to whom.

use entity::{journals, payments};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, Value,
};
use uuid::Uuid;

use crate::db::{self, Db};
use crate::kernel::{CreatorId, Currency, Error, Fault, Instant, OrderId, PublicId, Result};

/// How many positions one look takes; the next look goes on behind them.
const AT_ONCE: usize = 500;

/// A payee's part of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Whose sale.
    pub order: OrderId,
    /// Whose part.
    pub payee: CreatorId,
}

#[derive(FromQueryResult)]
struct PositionRow {
    order_id: Uuid,
    payee: Uuid,
}

/// Shares that are held although their order's refund window is over. Disputed orders wait.
pub async fn releasable(db: &Db, now: Instant) -> Result<Vec<Position>> {
    let mut found = Vec::new();
    for days in windows(db).await? {
        let text = format!(
            "SELECT j.order_id, p.payee_creator_id AS payee
             FROM orders o JOIN journals j ON j.order_id = o.id JOIN postings p ON p.journal_id = j.id
             WHERE p.account = 'HELD' AND o.refund_window_days = $1 AND o.paid_at <= $2 AND o.status <> 'DISPUTED'
             GROUP BY j.order_id, p.payee_creator_id HAVING SUM(p.amount_minor) < 0
             ORDER BY j.order_id, p.payee_creator_id LIMIT {AT_ONCE}"
        );
        let paid_before = now - chrono::Duration::days(i64::from(days));
        let statement = db::sql(db.backend(), &text, [days.into(), paid_before.into()]);
        found.extend(positions(db, statement).await?);
    }
    Ok(found)
}

/// The refund windows orders were sold with: a handful.
async fn windows(db: &Db) -> Result<Vec<i32>> {
    let text = "SELECT DISTINCT refund_window_days AS days FROM orders WHERE paid_at IS NOT NULL ORDER BY 1";
    let rows = db.read().query_all_raw(db::sql(db.backend(), text, [])).await?;
    Ok(rows.iter().map(|row| row.try_get::<i32>("", "days")).collect::<std::result::Result<_, _>>()?)
}

/// Shares that are due to payees whose account is ready, of one payee or of all; those behind `after` alone.
pub async fn sendable(db: &Db, payee: Option<CreatorId>, after: Option<Position>) -> Result<Vec<Position>> {
    let mut binds: Vec<Value> = Vec::new();
    let mut conditions = String::new();
    if let Some(payee) = payee {
        binds.push(payee.uuid().into());
        conditions.push_str(&format!(" AND p.payee_creator_id = ${}", binds.len()));
    }
    if let Some(after) = after {
        binds.extend([after.order.uuid().into(), after.payee.uuid().into()]);
        let (order, payee) = (binds.len() - 1, binds.len());
        conditions.push_str(&format!(" AND (j.order_id, p.payee_creator_id) > (${order}, ${payee})"));
    }
    let text = format!(
        "SELECT j.order_id, p.payee_creator_id AS payee
         FROM postings p JOIN journals j ON j.id = p.journal_id JOIN orders o ON o.id = j.order_id
         JOIN payout_accounts a ON a.creator_id = p.payee_creator_id AND a.state = 'READY'
         WHERE p.account = 'DUE' AND o.status <> 'DISPUTED'{conditions}
         GROUP BY j.order_id, p.payee_creator_id HAVING SUM(p.amount_minor) < 0
         ORDER BY j.order_id, p.payee_creator_id LIMIT {AT_ONCE}"
    );
    positions(db, db::sql(db.backend(), &text, binds)).await
}

async fn positions(db: &Db, statement: sea_orm::Statement) -> Result<Vec<Position>> {
    let rows = PositionRow::find_by_statement(statement).all(db.read()).await?;
    let positions =
        rows.into_iter().map(|row| Position { order: OrderId(row.order_id), payee: CreatorId(row.payee) });
    Ok(positions.collect())
}

/// All that is due to a payee in a currency; below zero when more was given back than was left.
pub async fn due_of(conn: &impl ConnectionTrait, payee: CreatorId, currency: Currency) -> Result<i64> {
    let text = "SELECT CAST(COALESCE(-SUM(amount_minor), 0) AS BIGINT) AS due FROM postings
         WHERE payee_creator_id = $1 AND account = 'DUE' AND currency = $2";
    let binds = [payee.uuid().into(), currency.code().into()];
    let row = conn.query_one_raw(db::sql(conn.get_database_backend(), text, binds)).await?;
    let row = row.ok_or_else(|| Fault::new("reading the book", "a sum has no row"))?;
    Ok(row.try_get("", "due")?)
}

/// How often a payee's share of an order was released already.
pub async fn releases(conn: &impl ConnectionTrait, at: Position) -> Result<u64> {
    let first = format!("{}:{}", at.order, at.payee);
    let count = journals::Entity::find()
        .filter(journals::Column::OrderId.eq(at.order.uuid()))
        .filter(journals::Column::Kind.eq("RELEASE"))
        .filter(journals::Column::ExternalId.starts_with(first))
        .count(conn)
        .await?;
    Ok(count)
}

/// The charge that paid for an order, and how much it was.
pub async fn charge_of(conn: &impl ConnectionTrait, order: OrderId) -> Result<Option<(String, i64)>> {
    let row = payments::Entity::find()
        .filter(payments::Column::OrderId.eq(order.uuid()))
        .filter(payments::Column::State.eq("SETTLED"))
        .one(conn)
        .await?;
    Ok(row.map(|row| (row.charge_id, row.amount_minor)))
}

/// A currency of the book.
pub(super) fn currency(code: &str) -> Result<Currency> {
    code.parse().map_err(|cause| Error::Fault(Fault::new("reading a transfer", cause)))
}
