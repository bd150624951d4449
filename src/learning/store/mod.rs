//! Progress in the database.

mod library;
mod next;
mod offline;
mod recount;

use std::collections::{HashMap, HashSet};

use entity::{enrollments, lesson_progress, progress_events};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::OnConflict,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{self, Tx};
use crate::enrollment::model::{Enrollment, State};
use crate::kernel::{EnrollmentId, Instant, LessonId, PublicId, Result, UserId};

use super::model::{LessonProgress, ProgressEvent};

pub use library::{LibraryFilter, library};
pub use next::next_lessons;
pub use offline::offline_lessons;
pub use recount::{complete_finished, lock_learners, recount};

/// A learner and a lesson: what progress is unique by.
pub type Pair = (UserId, LessonId);

/// Which of these events were taken in before.
pub async fn known_events(tx: &Tx, user: UserId, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    let rows: Vec<Uuid> = progress_events::Entity::find()
        .select_only()
        .column(progress_events::Column::EventId)
        .filter(progress_events::Column::UserId.eq(user.uuid()))
        .filter(progress_events::Column::EventId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Remembers events, so that each counts once.
pub async fn insert_events(tx: &Tx, user: UserId, events: &[ProgressEvent]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let rows = events.iter().map(|event| progress_events::ActiveModel {
        user_id: Set(user.uuid()),
        event_id: Set(event.id),
        lesson_id: Set(event.lesson.uuid()),
        kind: Set(event.kind.name().to_owned()),
        position_seconds: Set(event.position_seconds),
        watched_seconds: Set(event.watched_seconds),
        occurred_at: Set(event.occurred_at.min(tx.now())),
        received_at: Set(tx.now()),
    });
    progress_events::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// A learner's progress in these lessons, held until the transaction ends.
pub async fn locked(
    tx: &Tx,
    user: UserId,
    lessons: &[LessonId],
) -> Result<HashMap<LessonId, LessonProgress>> {
    let rows = lesson_progress::Entity::find()
        .filter(lesson_progress::Column::UserId.eq(user.uuid()))
        .filter(lesson_progress::Column::LessonId.is_in(lessons.iter().map(|id| id.uuid())))
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (LessonId(row.lesson_id), row.into())).collect())
}

/// Writes progress, whether it was there or not.
pub async fn put(tx: &Tx, changed: &[LessonProgress]) -> Result<()> {
    use lesson_progress::Column as C;
    if changed.is_empty() {
        return Ok(());
    }
    let rows = changed.iter().map(|progress| lesson_progress::ActiveModel {
        user_id: Set(progress.user.uuid()),
        lesson_id: Set(progress.lesson.uuid()),
        enrollment_id: Set(progress.enrollment.uuid()),
        state: Set(progress.state.name().to_owned()),
        position_seconds: Set(progress.position_seconds),
        positioned_at: Set(progress.positioned_at),
        watched_seconds: Set(progress.watched_seconds),
        completed_at: Set(progress.completed_at),
        reopened_at: Set(progress.reopened_at),
        updated_at: Set(progress.updated_at),
    });
    let mut pair = OnConflict::columns([C::UserId, C::LessonId]);
    pair.update_columns([
        C::State,
        C::PositionSeconds,
        C::PositionedAt,
        C::WatchedSeconds,
        C::CompletedAt,
        C::ReopenedAt,
        C::UpdatedAt,
    ]);
    lesson_progress::Entity::insert_many(rows).on_conflict(pair).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// How many lessons of an enrollment are finished, and how many its course has.
pub async fn count(tx: &Tx, enrollment: &Enrollment) -> Result<(i32, i32)> {
    let text = "SELECT
         (SELECT COUNT(*) FROM lesson_progress p WHERE p.enrollment_id = $1 AND p.state = 'COMPLETED') AS done,
         (SELECT COUNT(*) FROM lessons l WHERE l.offering_id = $2) AS lessons";
    let binds = [enrollment.id.uuid().into(), enrollment.offering.into()];
    let row = tx.conn().query_one_raw(db::sql(tx.conn().get_database_backend(), text, binds)).await?;
    let Some(row) = row else { return Ok((0, 0)) };
    let number = |name| row.try_get::<i64>("", name).map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    Ok((number("done")?, number("lessons")?))
}

/// What an enrollment should say of its progress.
pub struct Summary {
    /// Finished lessons.
    pub completed_lessons: i32,
    /// COMPLETED or ACTIVE; none = as it was.
    pub state: Option<State>,
    /// Where the learner was last.
    pub last_lesson: LessonId,
    /// When.
    pub last_activity_at: Instant,
}

/// Writes what an enrollment says of its progress.
pub async fn summarise(tx: &Tx, id: EnrollmentId, summary: Summary) -> Result<()> {
    let mut change = enrollments::ActiveModel {
        id: Set(id.uuid()),
        completed_lessons: Set(summary.completed_lessons),
        last_lesson_id: Set(Some(summary.last_lesson.uuid())),
        last_activity_at: Set(Some(summary.last_activity_at)),
        ..Default::default()
    };
    if let Some(state) = summary.state {
        change.state = Set(state.name().to_owned());
        change.completed_at = Set((state == State::Completed).then_some(tx.now()));
    }
    enrollments::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// One learner's progress in one lesson.
pub async fn progress(conn: &impl ConnectionTrait, (user, lesson): Pair) -> Result<Option<LessonProgress>> {
    let row = lesson_progress::Entity::find_by_id((user.uuid(), lesson.uuid())).one(conn).await?;
    Ok(row.map(LessonProgress::from))
}

/// Progress of many learners in many lessons.
pub async fn by_pair(app: &App, pairs: &[Pair]) -> Result<HashMap<Pair, LessonProgress>> {
    use lesson_progress::Column as C;
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let users: HashSet<Uuid> = pairs.iter().map(|(user, _)| user.uuid()).collect();
    let lessons: HashSet<Uuid> = pairs.iter().map(|(_, lesson)| lesson.uuid()).collect();
    let all = Condition::all().add(C::UserId.is_in(users)).add(C::LessonId.is_in(lessons));
    let rows = lesson_progress::Entity::find().filter(all).all(app.db.read()).await?;
    let found = rows.into_iter().map(|row| ((UserId(row.user_id), LessonId(row.lesson_id)), row.into()));
    Ok(found.collect())
}
