//! What we know of a buyer and what they bought, as rows to be told to a bank. Read only, whatever room keeps it.

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::db::sql;
use crate::kernel::{Instant, OrderId, PublicId, Result};

/// Something that happened.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Fact {
    /// When.
    pub at: Instant,
    /// To what: a lesson's title, a consent's kind and version, a letter's subject.
    pub what: String,
}

/// What the buyer agreed to.
pub async fn consents(conn: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Fact>> {
    let text = "SELECT created_at AS at, kind || ' ' || version AS what FROM consents
         WHERE order_id = $1 AND accepted ORDER BY kind";
    facts(conn, text, order).await
}

/// From when on the buyer could use what they bought.
pub async fn rights(conn: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Fact>> {
    let text = "SELECT e.started_at AS at, l.title_at_purchase AS what FROM enrollments e
         JOIN order_lines l ON l.id = e.order_line_id WHERE l.order_id = $1 ORDER BY e.started_at";
    facts(conn, text, order).await
}

/// What the buyer played, the newest first.
pub async fn plays(conn: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Fact>> {
    let text = "SELECT g.created_at AS at, s.title AS what FROM playback_grants g
         JOIN lessons s ON s.id = g.lesson_id JOIN sections c ON c.id = s.section_id
         JOIN enrollments e ON e.user_id = g.user_id AND e.offering_id = c.offering_id
         JOIN order_lines l ON l.id = e.order_line_id
         WHERE l.order_id = $1 ORDER BY g.created_at DESC LIMIT 100";
    facts(conn, text, order).await
}

/// What the buyer finished, the newest first.
pub async fn finished(conn: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Fact>> {
    let text = "SELECT p.completed_at AS at, s.title AS what FROM lesson_progress p
         JOIN lessons s ON s.id = p.lesson_id JOIN enrollments e ON e.id = p.enrollment_id
         JOIN order_lines l ON l.id = e.order_line_id
         WHERE l.order_id = $1 AND p.completed_at IS NOT NULL ORDER BY p.completed_at DESC LIMIT 100";
    facts(conn, text, order).await
}

/// The letters about the order that went to the buyer.
pub async fn letters(conn: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Fact>> {
    let text = "SELECT m.sent_at AS at, m.subject AS what FROM letters m
         WHERE m.unique_key = $1 AND m.sent_at IS NOT NULL";
    let key = format!("receipt:{order}");
    let statement = sql(conn.get_database_backend(), text, [key.into()]);
    Ok(Fact::find_by_statement(statement).all(conn).await?)
}

async fn facts(conn: &impl ConnectionTrait, text: &str, order: OrderId) -> Result<Vec<Fact>> {
    let statement = sql(conn.get_database_backend(), text, [order.uuid().into()]);
    Ok(Fact::find_by_statement(statement).all(conn).await?)
}
