//! What was taken back of an order's lines. Disputes write here too.

use entity::taken_parts as parts;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::checkout;
use crate::checkout::model::Order;
use crate::db::{self, Tx};
use crate::kernel::{OrderLineId, PublicId, Result};
use crate::refunds::division::{Line, Taken};

#[derive(FromQueryResult)]
struct UnderWay {
    id: Uuid,
    amount: i64,
}

/// An order's lines with what was taken back of each part and what is on its way back. Hold the order's lock.
pub async fn lines_left(conn: &impl ConnectionTrait, order: &Order) -> Result<Vec<Line>> {
    let sold = checkout::store::lines(conn, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let shares = checkout::store::shares(conn, &sold).await?;
    let mut lines: Vec<Line> = sold.iter().map(|line| Line::whole(line, &shares)).collect();
    for row in active_parts(conn, &sold.iter().map(|line| line.id).collect::<Vec<_>>()).await? {
        let line = lines.iter_mut().find(|line| line.id.uuid() == row.order_line_id);
        let part = line.and_then(|line| line.parts.iter_mut().find(|part| part.place == row.place));
        if let Some(part) = part {
            part.taken += row.amount_minor;
        }
    }
    let text = "SELECT l.order_line_id AS id, CAST(SUM(l.amount_minor) AS BIGINT) AS amount
         FROM refund_lines l JOIN refunds r ON r.id = l.refund_id
         WHERE r.order_id = $1 AND r.state IN ('INTENDED', 'PENDING') GROUP BY l.order_line_id";
    let statement = db::sql(conn.get_database_backend(), text, [order.id.uuid().into()]);
    for row in UnderWay::find_by_statement(statement).all(conn).await? {
        if let Some(line) = lines.iter_mut().find(|line| line.id.uuid() == row.id) {
            line.under_way = row.amount;
        }
    }
    Ok(lines)
}

async fn active_parts(conn: &impl ConnectionTrait, lines: &[OrderLineId]) -> Result<Vec<parts::Model>> {
    let rows = parts::Entity::find()
        .filter(parts::Column::OrderLineId.is_in(lines.iter().map(|line| line.uuid())))
        .filter(parts::Column::UndoneAt.is_null())
        .all(conn)
        .await?;
    Ok(rows)
}

/// Writes what a refund or a dispute took.
pub async fn insert_taken(tx: &Tx, cause: Uuid, taken: &[Taken]) -> Result<()> {
    if taken.is_empty() {
        return Ok(());
    }
    let rows = taken.iter().map(|part| parts::ActiveModel {
        cause_id: Set(cause),
        order_line_id: Set(part.line.uuid()),
        place: Set(part.place),
        amount_minor: Set(part.amount),
        undone_at: Set(None),
    });
    parts::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Notes that what a refund or a dispute took is back where it was.
pub async fn undo_taken(tx: &Tx, cause: Uuid) -> Result<()> {
    let change = parts::ActiveModel { undone_at: Set(Some(tx.now())), ..Default::default() };
    parts::Entity::update_many().set(change).filter(parts::Column::CauseId.eq(cause)).exec(tx.conn()).await?;
    Ok(())
}
