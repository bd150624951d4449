//! Taking lessons out, with everything that hangs on them.

use entity::{lesson_attachments, lessons};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Value};
use uuid::Uuid;

use crate::db::{self, Tx};
use crate::kernel::Result;

/// Removes lessons, their files' places and what learners did in them. The lessons are locked first, so that nobody
/// makes progress in one that is going.
pub(super) async fn lessons_out(tx: &Tx, ids: Vec<Uuid>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let these = lessons::Column::Id.is_in(ids.clone());
    lessons::Entity::find().filter(these.clone()).lock_exclusive().all(tx.conn()).await?;
    forget_progress(tx, &ids).await?;
    lesson_attachments::Entity::delete_many()
        .filter(lesson_attachments::Column::LessonId.is_in(ids))
        .exec(tx.conn())
        .await?;
    lessons::Entity::delete_many().filter(these).exec(tx.conn()).await?;
    Ok(())
}

/// Progress belongs to rooms above this one; it goes here because a lesson and its traces must go in one change. What
/// was finished is no longer counted.
async fn forget_progress(tx: &Tx, ids: &[Uuid]) -> Result<()> {
    let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let places = places.join(", ");
    let uncount = format!(
        "UPDATE enrollments SET completed_lessons = completed_lessons -
             (SELECT COUNT(*) FROM lesson_progress p
              WHERE p.enrollment_id = enrollments.id AND p.state = 'COMPLETED' AND p.lesson_id IN ({places}))
         WHERE id IN (SELECT enrollment_id FROM lesson_progress WHERE lesson_id IN ({places}))"
    );
    let forget = format!("DELETE FROM lesson_progress WHERE lesson_id IN ({places})");
    for text in [uncount, forget] {
        let binds = ids.iter().map(|id| Value::from(*id));
        tx.conn().execute_raw(db::sql(tx.conn().get_database_backend(), &text, binds)).await?;
    }
    Ok(())
}
