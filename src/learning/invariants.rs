//! What the learning tables must keep, as `atelier doctor` checks it.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::db::{self, Db};
use crate::kernel::{EnrollmentId, Result};

/// Each rule, and the query that names the enrollments that break it.
const RULES: &[(&str, &str)] = &[
    (
        "completed_lessons is not the number of its finished lessons",
        "SELECT e.id AS id FROM enrollments e WHERE e.completed_lessons <>
             (SELECT COUNT(*) FROM lesson_progress p WHERE p.enrollment_id = e.id AND p.state = 'COMPLETED')
         LIMIT 100",
    ),
    (
        "it has progress of another person, or in a lesson of another course",
        "SELECT DISTINCT e.id AS id FROM lesson_progress p JOIN enrollments e ON e.id = p.enrollment_id
             JOIN lessons l ON l.id = p.lesson_id
         WHERE p.user_id <> e.user_id OR l.offering_id <> e.offering_id LIMIT 100",
    ),
    (
        "a lesson is finished without a time, or has a time without being finished",
        "SELECT DISTINCT p.enrollment_id AS id FROM lesson_progress p
         WHERE (p.state = 'COMPLETED') <> (p.completed_at IS NOT NULL) LIMIT 100",
    ),
];

/// Every broken rule, a sentence each; empty when all is well.
pub async fn check(db: &Db) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (rule, query) in RULES {
        for row in db.read().query_all_raw(db::sql(db.backend(), query, [])).await? {
            let id = EnrollmentId(row.try_get::<Uuid>("", "id")?);
            broken.push(format!("enrollment {id}: {rule}"));
        }
    }
    Ok(broken)
}
