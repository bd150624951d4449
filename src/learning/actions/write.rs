//! Writing progress of one enrollment: rows, count and events in one transaction.

use std::collections::HashMap;

use crate::db::Tx;
use crate::enrollment::model::{Enrollment, State};
use crate::events::Event;
use crate::kernel::{CourseId, LessonId, Result};
use crate::learning::model::LessonProgress;
use crate::learning::store::{self, Summary};

/// Writes what changed and brings the enrollment's summary up to date. The enrollment is locked by the caller, so its
/// count is exact.
pub async fn write(
    tx: &mut Tx,
    enrollment: &Enrollment,
    before: &HashMap<LessonId, LessonProgress>,
    changed: &[LessonProgress],
) -> Result<()> {
    let Some(newest) = changed.iter().max_by_key(|progress| progress.updated_at) else { return Ok(()) };
    store::put(tx, changed).await?;
    let (completed_lessons, lessons) = store::count(tx, enrollment).await?;
    let state = standing(enrollment, completed_lessons, lessons, changed);
    let earlier = enrollment.last_activity_at.filter(|earlier| *earlier > newest.updated_at);
    let last_lesson = earlier.and(enrollment.last_lesson).unwrap_or(newest.lesson);
    let last_activity_at = earlier.unwrap_or(newest.updated_at);
    let summary = Summary { completed_lessons, state, last_lesson, last_activity_at };
    store::summarise(tx, enrollment.id, summary).await?;
    for progress in changed {
        let was = before.get(&progress.lesson).is_some_and(LessonProgress::is_completed);
        if progress.is_completed() && !was {
            tx.record(happened("lesson.completed", enrollment, progress.lesson));
        } else if was && !progress.is_completed() {
            tx.record(happened("lesson.reopened", enrollment, progress.lesson));
        }
    }
    if state == Some(State::Completed) {
        tx.record(Event::new("enrollment.completed", enrollment.id).of_user(enrollment.user));
    }
    Ok(())
}

/// How the right stands afterwards, if that changes. Lessons that a creator adds later do not undo a completion; a
/// learner who reopens one does.
fn standing(
    enrollment: &Enrollment,
    completed: i32,
    lessons: i32,
    changed: &[LessonProgress],
) -> Option<State> {
    let reopened = changed.iter().any(|progress| !progress.is_completed() && progress.reopened_at.is_some());
    match enrollment.written {
        State::Active if lessons > 0 && completed >= lessons => Some(State::Completed),
        State::Completed if reopened && completed < lessons => Some(State::Active),
        _ => None,
    }
}

fn happened(kind: &'static str, enrollment: &Enrollment, lesson: LessonId) -> Event {
    Event::new(kind, lesson)
        .of_user(enrollment.user)
        .with("enrollment", enrollment.id)
        .with("course", CourseId(enrollment.offering))
}
