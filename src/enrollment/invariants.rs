//! What the enrollment tables must keep, as `atelier doctor` checks it. Each query names the rows that break a rule.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::db::{self, Db};
use crate::kernel::{CourseId, EnrollmentId, Result};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
}

/// Every broken rule, a sentence each; empty when all is well.
pub async fn check(db: &Db) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for id in keys(db, MISCOUNTED).await? {
        let id = CourseId(id);
        broken.push(format!(
            "offering {id}: enrollment_count is not the number of its enrollments that were not revoked"
        ));
    }
    for id in keys(db, UNPAID).await? {
        let id = EnrollmentId(id);
        broken.push(format!(
            "enrollment {id}: its source is PURCHASE, but no line of a paid order pays for it"
        ));
    }
    for id in keys(db, NOT_IN_BUNDLE).await? {
        let id = EnrollmentId(id);
        broken.push(format!("enrollment {id}: its source is BUNDLE, but no bundle of a paid order holds it"));
    }
    Ok(broken)
}

const MISCOUNTED: &str = "SELECT o.id AS id FROM offerings o
     WHERE o.enrollment_count <>
         (SELECT COUNT(*) FROM enrollments e WHERE e.offering_id = o.id AND e.state <> 'REVOKED')
     LIMIT 100";

const UNPAID: &str = "SELECT e.id AS id FROM enrollments e
     WHERE e.source = 'PURCHASE' AND e.state <> 'REVOKED' AND NOT EXISTS
         (SELECT 1 FROM order_lines l JOIN orders o ON o.id = l.order_id
          WHERE l.id = e.order_line_id AND l.offering_id = e.offering_id AND o.paid_at IS NOT NULL)
     LIMIT 100";

const NOT_IN_BUNDLE: &str = "SELECT e.id AS id FROM enrollments e
     WHERE e.source = 'BUNDLE' AND e.state <> 'REVOKED' AND NOT EXISTS
         (SELECT 1 FROM order_line_parts p JOIN order_lines l ON l.id = p.order_line_id
          JOIN orders o ON o.id = l.order_id
          WHERE l.id = e.order_line_id AND p.offering_id = e.offering_id AND o.paid_at IS NOT NULL)
     LIMIT 100";

async fn keys(db: &Db, text: &str) -> Result<Vec<Uuid>> {
    let statement = db::sql(db.backend(), text, []);
    let rows = db.read().query_all_raw(statement).await?;
    let keys = rows.iter().map(|row| Row::from_query_result(row, "").map(|row| row.id));
    Ok(keys.collect::<std::result::Result<_, _>>()?)
}
