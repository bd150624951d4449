//! Who had which seat, and who was there: for the creator's report.

use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::db::{self, Db};
use crate::kernel::{CreatorId, Instant, PublicId, Result, SeatId, WorkshopSessionId};
use crate::workshops::model::{Attendance, Origin, Presence, SeatState};

use super::{unreadable, visits};

/// Seats that are only offered or being paid are nobody's yet; offers that lapsed and orders that were never paid never
/// were anybody's.
const ATTENDANCE: &str =
    "SELECT p.id, s.id AS session_id, w.title AS workshop, s.title, s.starts_at, s.local_start,
         s.time_zone, u.display_name AS holder, p.state, p.attended, p.given_by, p.for_companion,
         CASE WHEN l.amount_minor > 0 THEN TRUE ELSE FALSE END AS is_paid
     FROM workshop_sessions s JOIN seats p ON p.session_id = s.id JOIN offerings w ON w.id = s.workshop_id
     LEFT JOIN users u ON u.id = p.user_id
     LEFT JOIN order_lines l ON l.id = p.order_line_id LEFT JOIN orders o ON o.id = l.order_id
     WHERE s.creator_id = $1 AND s.starts_at >= $2 AND s.starts_at < $3
       AND p.state IN ('SEATED', 'UNSEATED', 'RELEASED', 'REFUNDED')
       AND (p.state <> 'RELEASED' OR o.paid_at IS NOT NULL
            OR (l.id IS NULL AND NOT EXISTS (SELECT 1 FROM waitlist_entries e
                                             WHERE e.seat_id = p.id AND e.state <> 'SEATED')))
       AND (s.starts_at > $4 OR (s.starts_at = $4 AND (s.id > $5 OR (s.id = $5 AND p.id > $6))))
     ORDER BY s.starts_at, s.id, p.id";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    session_id: Uuid,
    workshop: String,
    title: Option<String>,
    starts_at: Instant,
    local_start: String,
    time_zone: String,
    holder: Option<String>,
    state: String,
    attended: Option<bool>,
    given_by: Option<Uuid>,
    for_companion: bool,
    is_paid: bool,
}

/// Before every seat of sessions that begin from then on.
pub fn attendance_start(from: Instant) -> Vec<Value> {
    vec![from.into(), Uuid::nil().into(), Uuid::nil().into()]
}

/// At most so many seats at a creator's sessions that begin between two moments, session by session, behind the key in
/// `behind`.
pub async fn attendance_behind(
    db: &Db,
    creator: CreatorId,
    (from, until): (Instant, Instant),
    behind: Vec<Value>,
    most: u64,
) -> Result<Vec<Attendance>> {
    let mut binds: Vec<Value> = vec![creator.uuid().into(), from.into(), until.into()];
    binds.extend(behind);
    let text = format!("{ATTENDANCE} LIMIT {most}");
    let rows = Row::find_by_statement(db::sql(db.backend(), &text, binds)).all(db.read()).await?;
    let seats: Vec<SeatId> = rows.iter().map(|row| SeatId(row.id)).collect();
    let visits = visits::of_seats(db.read(), &seats).await?;
    let all = rows.into_iter().map(|row| {
        let seat = SeatId(row.id);
        Ok(Attendance {
            seat,
            session: WorkshopSessionId(row.session_id),
            workshop: row.workshop,
            title: row.title,
            starts_at: row.starts_at,
            local_start: row.local_start,
            time_zone: row.time_zone,
            holder: row.holder,
            state: SeatState::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            attended: row.attended,
            origin: Origin::of(row.given_by.is_some() || row.for_companion, row.is_paid),
            presence: visits.get(&seat).map(|visits| Presence::of(visits)).unwrap_or_default(),
        })
    });
    all.collect()
}
