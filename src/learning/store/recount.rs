//! Counting finished lessons anew, after some of a course's lessons have been removed.

use sea_orm::{ConnectionTrait, DatabaseBackend};
use uuid::Uuid;

use crate::db::{self, Tx};
use crate::kernel::{CourseId, EnrollmentId, PublicId, Result, UserId};

const FINISHED: &str = "(SELECT CAST(COUNT(*) AS INT) FROM lesson_progress p
     WHERE p.enrollment_id = enrollments.id AND p.state = 'COMPLETED')";

/// Holds every enrollment of a course, as whoever writes progress does: what is counted afterwards is exact.
pub async fn lock_learners(tx: &Tx, course: CourseId) -> Result<()> {
    let text = "SELECT id FROM enrollments WHERE offering_id = $1 ORDER BY id FOR UPDATE";
    if tx.conn().get_database_backend() == DatabaseBackend::Postgres {
        let lock = db::sql(DatabaseBackend::Postgres, text, [course.uuid().into()]);
        tx.conn().query_all_raw(lock).await?;
    }
    Ok(())
}

/// Sets `completed_lessons` where it is not the number of finished lessons. Needs [`lock_learners`].
pub async fn recount(tx: &Tx, course: CourseId) -> Result<()> {
    let text = format!(
        "UPDATE enrollments SET completed_lessons = {FINISHED}
         WHERE offering_id = $1 AND completed_lessons <> {FINISHED}"
    );
    let backend = tx.conn().get_database_backend();
    tx.conn().execute_raw(db::sql(backend, &text, [course.uuid().into()])).await?;
    Ok(())
}

/// Completes who has finished all the lessons there are; whom.
pub async fn complete_finished(tx: &Tx, course: CourseId) -> Result<Vec<(EnrollmentId, UserId)>> {
    let text = "UPDATE enrollments SET state = 'COMPLETED', completed_at = $2
         WHERE offering_id = $1 AND state = 'ACTIVE' AND completed_lessons > 0
             AND completed_lessons >= (SELECT COUNT(*) FROM lessons l WHERE l.offering_id = $1)
         RETURNING id, user_id";
    let backend = tx.conn().get_database_backend();
    let binds = [course.uuid().into(), tx.now().into()];
    let rows = tx.conn().query_all_raw(db::sql(backend, text, binds)).await?;
    let read = |row: &sea_orm::QueryResult| -> Result<(EnrollmentId, UserId)> {
        Ok((EnrollmentId(row.try_get::<Uuid>("", "id")?), UserId(row.try_get::<Uuid>("", "user_id")?)))
    };
    rows.iter().map(read).collect()
}
