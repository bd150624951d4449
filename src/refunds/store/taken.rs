//! What was taken back of an order's lines, and which rights went with it. Disputes write here too.

use entity::{taken_parts as parts, taken_rights as rights};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QueryOrder, QueryResult, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::checkout;
use crate::checkout::model::Order;
use crate::db::{self, Tx};
use crate::enrollment::model::Source;
use crate::kernel::{EnrollmentId, OrderId, OrderLineId, PublicId, Result};
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

/// A line that pays for something its holder has by another line.
pub struct AlsoPaid {
    /// Which.
    pub line: OrderLineId,
    /// Of which order.
    pub order: OrderId,
    /// Alone, in a bundle, or a gift.
    pub source: Source,
}

/// The holder's other paid lines that give what this right gives, bought by them or redeemed, the oldest first. Months of a
/// membership are none: the newest alone carries its right.
pub async fn also_paid(conn: &impl ConnectionTrait, right: EnrollmentId) -> Result<Vec<AlsoPaid>> {
    let text = "WITH theirs AS (
             SELECT b.id FROM enrollments h JOIN orders a ON a.buyer_id = h.user_id
             JOIN order_lines b ON b.order_id = a.id AND b.gift_recipient IS NULL WHERE h.id = $1
             UNION SELECT g.order_line_id FROM enrollments h JOIN gifts g ON g.redeemed_by = h.user_id WHERE h.id = $1)
         SELECT l.id AS line, o.id AS order_id, l.gift_recipient AS recipient, p.offering_id AS part FROM enrollments e
         JOIN order_lines l ON l.id IN (SELECT id FROM theirs) AND l.id <> e.order_line_id
         JOIN orders o ON o.id = l.order_id AND o.status IN ('PAID', 'PARTIALLY_REFUNDED')
         LEFT JOIN order_line_parts p ON p.order_line_id = l.id AND p.offering_id = e.offering_id
         WHERE e.id = $1 AND e.source IN ('PURCHASE', 'BUNDLE', 'GIFT')
           AND (l.offering_id = e.offering_id OR p.offering_id IS NOT NULL)
           -- Its part of the money may have stayed; access was taken for good.
           AND NOT EXISTS (SELECT 1 FROM taken_rights t JOIN taken_parts u ON u.cause_id = t.cause_id
             WHERE t.enrollment_id = e.id AND u.order_line_id = l.id AND t.returned_at IS NULL)
         ORDER BY l.id";
    let rows = conn.query_all_raw(db::sql(conn.get_database_backend(), text, [right.uuid().into()])).await?;
    rows.iter()
        .map(|row| {
            Ok(AlsoPaid {
                line: OrderLineId(row.try_get("", "line")?),
                order: OrderId(row.try_get("", "order_id")?),
                source: source_of(row)?,
            })
        })
        .collect()
}

/// How a line gives its thing: to somebody else, in a bundle, or alone.
fn source_of(row: &QueryResult) -> Result<Source> {
    let (recipient, part): (Option<String>, Option<Uuid>) =
        (row.try_get("", "recipient")?, row.try_get("", "part")?);
    Ok(match (recipient, part) {
        (Some(_), _) => Source::Gift,
        (None, Some(_)) => Source::Bundle,
        (None, None) => Source::Purchase,
    })
}

/// A right that a refund or a dispute took, or would have taken.
#[derive(Clone, Copy)]
pub struct TakenRight {
    /// Which.
    pub id: EnrollmentId,
    /// It stayed, resting on something else that paid for it.
    pub is_moved: bool,
}

/// Notes that a right went with a refund or a dispute, or stayed for another reason.
pub async fn insert_taken_right(tx: &Tx, cause: Uuid, right: TakenRight) -> Result<()> {
    let row = rights::ActiveModel {
        cause_id: Set(cause),
        enrollment_id: Set(right.id.uuid()),
        taken_at: Set(tx.now()),
        is_moved: Set(right.is_moved),
        returned_at: Set(None),
    };
    rights::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// The line that a refund or a dispute took this right from, if the right rests on a line of another cause now. A
/// membership's right rests on its newest month, whatever was taken.
pub async fn line_of_cause(
    conn: &impl ConnectionTrait,
    cause: Uuid,
    right: EnrollmentId,
) -> Result<Option<(OrderLineId, Source)>> {
    let text = "SELECT l.id AS line, l.gift_recipient AS recipient, p.offering_id AS part FROM enrollments e
         JOIN order_lines l ON l.id IN (SELECT t.order_line_id FROM taken_parts t WHERE t.cause_id = $2)
         JOIN orders o ON o.id = l.order_id
         LEFT JOIN gifts g ON g.order_line_id = l.id
         LEFT JOIN order_line_parts p ON p.order_line_id = l.id AND p.offering_id = e.offering_id
         WHERE e.id = $1 AND e.source IN ('PURCHASE', 'BUNDLE', 'GIFT')
           AND e.order_line_id NOT IN (SELECT t.order_line_id FROM taken_parts t WHERE t.cause_id = $2)
           AND (l.offering_id = e.offering_id OR p.offering_id IS NOT NULL)
           AND (g.redeemed_by = e.user_id OR (l.gift_recipient IS NULL AND o.buyer_id = e.user_id))
         ORDER BY l.id LIMIT 1";
    let binds = [right.uuid().into(), cause.into()];
    let row = conn.query_one_raw(db::sql(conn.get_database_backend(), text, binds)).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((OrderLineId(row.try_get("", "line")?), source_of(&row)?)))
}

/// Revoked rights that went with something else, although the lines of this refund or dispute pay for them too: they were no
/// reason to keep a right while their money was in doubt. With the line each would rest on.
pub async fn owed_rights(
    conn: &impl ConnectionTrait,
    cause: Uuid,
) -> Result<Vec<(EnrollmentId, OrderLineId, Source)>> {
    let text = "SELECT e.id AS enrollment, l.id AS line, l.gift_recipient AS recipient, p.offering_id AS part
         FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.status IN ('PAID', 'PARTIALLY_REFUNDED')
         LEFT JOIN gifts g ON g.order_line_id = l.id
         LEFT JOIN order_line_parts p ON p.order_line_id = l.id
         JOIN enrollments e ON e.offering_id IN (l.offering_id, p.offering_id)
           AND e.user_id = CASE WHEN l.gift_recipient IS NULL THEN o.buyer_id ELSE g.redeemed_by END
         WHERE l.id IN (SELECT u.order_line_id FROM taken_parts u WHERE u.cause_id = $1)
           AND e.state = 'REVOKED' AND e.source IN ('PURCHASE', 'BUNDLE', 'GIFT') AND e.order_line_id <> l.id
           AND EXISTS (SELECT 1 FROM taken_rights t WHERE t.enrollment_id = e.id AND t.returned_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM taken_rights t JOIN taken_parts u ON u.cause_id = t.cause_id
             WHERE t.enrollment_id = e.id AND u.order_line_id = l.id AND t.returned_at IS NULL)
         ORDER BY e.id, l.id";
    let rows = conn.query_all_raw(db::sql(conn.get_database_backend(), text, [cause.into()])).await?;
    rows.iter()
        .map(|row| {
            let id: Uuid = row.try_get("", "enrollment")?;
            Ok((EnrollmentId(id), OrderLineId(row.try_get("", "line")?), source_of(row)?))
        })
        .collect()
}

/// The rights that went with a refund or a dispute, noted as given back.
pub async fn return_taken_rights(tx: &Tx, cause: Uuid) -> Result<Vec<TakenRight>> {
    let taken = rights::Column::CauseId.eq(cause).and(rights::Column::ReturnedAt.is_null());
    let rows = rights::Entity::find()
        .filter(taken.clone())
        .order_by_asc(rights::Column::EnrollmentId)
        .all(tx.conn())
        .await?;
    let change = rights::ActiveModel { returned_at: Set(Some(tx.now())), ..Default::default() };
    rights::Entity::update_many().set(change).filter(taken).exec(tx.conn()).await?;
    let right =
        |row: rights::Model| TakenRight { id: EnrollmentId(row.enrollment_id), is_moved: row.is_moved };
    Ok(rows.into_iter().map(right).collect())
}
