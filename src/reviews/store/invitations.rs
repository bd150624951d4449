//! Who is to be asked what they think, and who was.

use entity::review_invitations::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult};
use uuid::Uuid;

use crate::db::{self, Tx};
use crate::kernel::{Instant, OfferingId, PublicId, Result, UserId};

/// Somebody to be asked about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Who.
    pub user: UserId,
    /// About what.
    pub offering: OfferingId,
}

#[derive(FromQueryResult)]
struct Row {
    user_id: Uuid,
    offering_id: Uuid,
}

/// Not who was asked before, has said what they think, or works there; not about what nobody can read about.
const MEANT: &str = "o.status IN ('PUBLISHED', 'UNLISTED')
     AND NOT EXISTS (SELECT 1 FROM review_invitations i WHERE i.user_id = x.user_id AND i.offering_id = o.id)
     AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.author_id = x.user_id AND r.offering_id = o.id)
     AND NOT EXISTS (SELECT 1 FROM team_members t WHERE t.user_id = x.user_id AND t.creator_id = o.creator_id)";

/// At most so many who finished a course, or were at a session that ended, between two moments. Where somebody was noted as
/// having been there, who was not noted is taken for missing.
pub async fn due(
    conn: &impl ConnectionTrait,
    (from, until): (Instant, Instant),
    most: u64,
) -> Result<Vec<Invited>> {
    let text = format!(
        "SELECT x.user_id, x.offering_id FROM enrollments x JOIN offerings o ON o.id = x.offering_id
         WHERE x.completed_at > $1 AND x.completed_at <= $2 AND x.state <> 'REVOKED' AND o.kind = 'COURSE' AND {MEANT}
         UNION
         SELECT x.user_id, s.workshop_id AS offering_id FROM workshop_sessions s
             JOIN seats x ON x.session_id = s.id JOIN offerings o ON o.id = s.workshop_id
         WHERE s.ends_at > $1 AND s.ends_at <= $2 AND s.cancelled_at IS NULL AND x.state = 'SEATED'
             AND x.user_id IS NOT NULL AND {MEANT}
             AND (x.attended = TRUE OR (x.attended IS NULL AND NOT EXISTS
                 (SELECT 1 FROM seats y WHERE y.session_id = s.id AND y.attended = TRUE)))
         LIMIT {most}"
    );
    let statement = db::sql(conn.get_database_backend(), &text, [from.into(), until.into()]);
    let rows = Row::find_by_statement(statement).all(conn).await?;
    let due = rows
        .into_iter()
        .map(|row| Invited { user: UserId(row.user_id), offering: OfferingId(row.offering_id) });
    Ok(due.collect())
}

/// Notes that somebody is asked; false if they were before.
pub async fn note_invited(tx: &Tx, invited: Invited) -> Result<bool> {
    let row = ActiveModel {
        user_id: Set(invited.user.uuid()),
        offering_id: Set(invited.offering.uuid()),
        invited_at: Set(tx.now()),
    };
    let once = OnConflict::columns([Column::UserId, Column::OfferingId]).do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await? > 0)
}
