//! Saying that a lesson is finished, or that it is not after all. Both may be said twice.

use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::enrollment::model::Enrollment;
use crate::enrollment::store as enrollment;
use crate::kernel::{Actor, EnrollmentId, Instant, LessonId, PublicId, Refusal, Result, Viewer};
use crate::learning::model::LessonProgress;
use crate::learning::refusals::LearningRefusal;
use crate::learning::store;

use super::{see_lesson, write::write};

/// Marks a lesson as finished.
pub async fn complete_lesson(app: &App, viewer: &Viewer, lesson: LessonId) -> Result<EnrollmentId> {
    let finished = |progress: &mut LessonProgress, now: Instant| {
        if !progress.is_completed() {
            progress.complete(now);
        }
    };
    change(app, viewer, lesson, finished).await
}

/// Marks a lesson as not finished.
pub async fn reopen_lesson(app: &App, viewer: &Viewer, lesson: LessonId) -> Result<EnrollmentId> {
    let reopened = |progress: &mut LessonProgress, now: Instant| {
        if progress.is_completed() {
            progress.reopen(now);
        }
    };
    change(app, viewer, lesson, reopened).await
}

async fn change(
    app: &App,
    viewer: &Viewer,
    lesson: LessonId,
    change: impl Fn(&mut LessonProgress, Instant),
) -> Result<EnrollmentId> {
    let seen = see_lesson(app, &Actor::Known(viewer.clone()), lesson).await?;
    let mut tx = app.begin().await?;
    let held = own(&tx, viewer, seen.facts.lesson.course.uuid()).await?;
    let before = store::locked(&tx, viewer.user_id, &[lesson]).await?;
    let fresh = LessonProgress::fresh(viewer.user_id, lesson, held.id, tx.now());
    let was = before.get(&lesson).cloned().unwrap_or(fresh);
    let mut now = was.clone();
    change(&mut now, tx.now());
    if now != was {
        write(&mut tx, &held, &before, &[now]).await?;
        tx.commit().await?;
    }
    Ok(held.id)
}

/// The viewer's right to learn this now, locked. A team member without one has nothing to make progress in.
async fn own(tx: &Tx, viewer: &Viewer, offering: Uuid) -> Result<Enrollment> {
    let held = enrollment::locked(tx, (viewer.user_id, offering)).await?;
    match held {
        Some(held) if held.may_learn_at(tx.now()) => Ok(held),
        Some(_) => Err(LearningRefusal::AccessEnded.at(["lessonId"]).into()),
        None => Err(LearningRefusal::NotEnrolled.at(["lessonId"]).into()),
    }
}
