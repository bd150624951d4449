//! Whether somebody was there, whether it was paid for, and whether they earn by it.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::db;
use crate::kernel::{EnrollmentId, Instant, OfferingId, PublicId, Result, SeatId, UserId};

/// What a line is by that somebody paid.
const PAID: &str = "l.amount_minor > 0 AND o.paid_at IS NOT NULL";

/// Whether somebody works on an offering, or for a creator who has a part of what it earns.
pub async fn earns_by(conn: &impl ConnectionTrait, offering: OfferingId, user: UserId) -> Result<bool> {
    let text = "SELECT 1 AS one FROM offerings o JOIN team_members t ON t.user_id = $2
         WHERE o.id = $1 AND (t.creator_id = o.creator_id OR EXISTS
             (SELECT 1 FROM offering_payees p WHERE p.offering_id = o.id AND p.payee_creator_id = t.creator_id
              AND p.state = 'ACCEPTED'))
         LIMIT 1";
    let binds = [offering.uuid().into(), user.uuid().into()];
    Ok(conn.query_one_raw(db::sql(conn.get_database_backend(), text, binds)).await?.is_some())
}

/// Whether money was paid for a right: for itself, for the bundle it came with, for a gift, or for the membership that
/// keeps it open.
pub async fn is_paid_enrollment(conn: &impl ConnectionTrait, id: EnrollmentId) -> Result<bool> {
    let text = format!(
        "SELECT 1 AS one FROM enrollments e
             JOIN enrollments p ON p.id = e.id OR p.membership_id = e.membership_id
             JOIN order_lines l ON l.id = p.order_line_id JOIN orders o ON o.id = l.order_id
         WHERE e.id = $1 AND {PAID} LIMIT 1"
    );
    let statement = db::sql(conn.get_database_backend(), &text, [id.uuid().into()]);
    Ok(conn.query_one_raw(statement).await?.is_some())
}

/// A seat at a workshop, as far as it matters here.
#[derive(Clone, Debug)]
pub struct SeatFacts {
    /// Key.
    pub id: SeatId,
    /// When its session begins, or was begun.
    pub begins_at: Instant,
    /// Whether they were there; none if nobody said.
    pub attended: Option<bool>,
    /// Whether money was paid for it.
    pub is_paid: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    starts_at: Instant,
    live_at: Option<Instant>,
    attended: Option<bool>,
    is_paid: bool,
}

/// Somebody's seats at the sessions of a workshop that were not called off.
pub async fn seats_at(
    conn: &impl ConnectionTrait,
    workshop: OfferingId,
    user: UserId,
) -> Result<Vec<SeatFacts>> {
    let text = format!(
        "SELECT p.id, s.starts_at, s.live_at, p.attended,
             CASE WHEN {PAID} THEN TRUE ELSE FALSE END AS is_paid
         FROM seats p JOIN workshop_sessions s ON s.id = p.session_id
             LEFT JOIN order_lines l ON l.id = p.order_line_id LEFT JOIN orders o ON o.id = l.order_id
         WHERE s.workshop_id = $1 AND p.user_id = $2 AND p.state = 'SEATED' AND s.cancelled_at IS NULL
         ORDER BY s.starts_at, p.id"
    );
    let binds = [workshop.uuid().into(), user.uuid().into()];
    let rows = Row::find_by_statement(db::sql(conn.get_database_backend(), &text, binds)).all(conn).await?;
    let facts = rows.into_iter().map(|row| SeatFacts {
        id: SeatId(row.id),
        begins_at: row.live_at.map_or(row.starts_at, |live| live.min(row.starts_at)),
        attended: row.attended,
        is_paid: row.is_paid,
    });
    Ok(facts.collect())
}
