//! What bought bundles consist of.

use std::collections::HashMap;

use entity::order_line_parts;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::checkout::model::{LinePart, OrderLine, Quote};
use crate::db::Tx;
use crate::kernel::{OrderLineId, PublicId, Result};

/// Writes what the bundles of a quote consist of; `lines` are the keys of its lines, in order.
pub(super) async fn insert_parts(tx: &Tx, quote: &Quote, lines: &[Uuid]) -> Result<()> {
    let mut rows = Vec::new();
    for (line, id) in quote.lines.iter().zip(lines) {
        for (position, part) in (0_i32..).zip(&line.parts) {
            rows.push(order_line_parts::ActiveModel {
                order_line_id: Set(*id),
                position: Set(position),
                offering_id: Set(part.offering),
                title_at_purchase: Set(part.title.clone()),
                amount_minor: Set(part.amount_minor),
            });
        }
    }
    if !rows.is_empty() {
        order_line_parts::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// What the bundles among these lines consist of, in order; lines that are no bundle have no entry.
pub async fn parts(
    conn: &impl ConnectionTrait,
    lines: &[OrderLineId],
) -> Result<HashMap<OrderLineId, Vec<LinePart>>> {
    let rows = order_line_parts::Entity::find()
        .filter(order_line_parts::Column::OrderLineId.is_in(lines.iter().map(|line| line.uuid())))
        .order_by_asc(order_line_parts::Column::Position)
        .all(conn)
        .await?;
    let mut parts: HashMap<OrderLineId, Vec<LinePart>> = HashMap::new();
    for row in rows {
        parts.entry(OrderLineId(row.order_line_id)).or_default().push(LinePart::from(row));
    }
    Ok(parts)
}

/// What each line gives its buyer: the items of a bundle, otherwise the thing itself. An enrollment that came of it
/// names the line (`order_line_id`); where the buyer had the thing before, it names another or none.
pub async fn things(
    conn: &impl ConnectionTrait,
    lines: &[OrderLine],
) -> Result<HashMap<OrderLineId, Vec<Uuid>>> {
    let ids: Vec<OrderLineId> = lines.iter().map(|line| line.id).collect();
    let mut parts = parts(conn, &ids).await?;
    let of_line = |line: &OrderLine| match parts.remove(&line.id) {
        Some(parts) => (line.id, parts.into_iter().map(|part| part.offering).collect()),
        None => (line.id, vec![line.offering]),
    };
    Ok(lines.iter().map(of_line).collect())
}

impl From<order_line_parts::Model> for LinePart {
    fn from(row: order_line_parts::Model) -> Self {
        Self { offering: row.offering_id, title: row.title_at_purchase, amount_minor: row.amount_minor }
    }
}
