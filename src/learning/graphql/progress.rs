//! How far somebody is, in a lesson and in a course.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::graphql::{Ctx, Fallible, field};
use crate::kernel::LessonId;
use crate::learning::{model, store};
use crate::loader;

use super::ProgressState;

loader! {
    /// Progress by learner and lesson.
    ProgressOf: store::Pair => model::LessonProgress = store::by_pair
}

/// How far a learner is in one lesson.
#[derive(Clone, Debug, SimpleObject)]
pub struct LessonProgress {
    /// Where the learner stands.
    pub state: ProgressState,
    /// Where the player stood last.
    pub position_seconds: i32,
    /// How much was watched in all.
    pub watched_seconds: i32,
    /// When it was finished.
    pub completed_at: Option<DateTime<Utc>>,
    /// When the newest event occurred.
    pub updated_at: DateTime<Utc>,
}

impl From<model::LessonProgress> for LessonProgress {
    fn from(progress: model::LessonProgress) -> Self {
        Self {
            state: progress.state.into(),
            position_seconds: progress.position_seconds,
            watched_seconds: progress.watched_seconds,
            completed_at: progress.completed_at,
            updated_at: progress.updated_at,
        }
    }
}

/// How far a learner is in a course.
#[derive(Clone, Debug, SimpleObject)]
pub struct CourseProgress {
    /// Finished lessons.
    pub completed_lessons: i32,
    /// All lessons.
    pub total_lessons: i32,
    /// Finished of all; 10,000 = everything.
    pub percent_basis_points: i32,
    /// When the learner was here last.
    pub last_activity_at: Option<DateTime<Utc>>,
}

impl CourseProgress {
    /// `completed` of `total`. A course without lessons is not begun.
    pub(super) fn of(completed: i32, total: i32, last_activity_at: Option<DateTime<Utc>>) -> Self {
        let done = i64::from(completed.clamp(0, total.max(0)));
        let share = (done * 10_000).checked_div(i64::from(total)).unwrap_or(0);
        Self {
            completed_lessons: completed,
            total_lessons: total,
            percent_basis_points: i32::try_from(share).unwrap_or(10_000),
            last_activity_at,
        }
    }
}

/// Learning's part of a lesson.
#[derive(Clone)]
pub struct LessonProgressPart(pub LessonId);

#[Object]
impl LessonProgressPart {
    /// How far the caller is; null while nothing was begun, and for who is not enrolled.
    async fn viewer_progress(&self, ctx: &Context<'_>) -> Fallible<LessonProgress> {
        let user = ctx.actor().user_id()?;
        let read = ctx.loaders().load::<ProgressOf, _>((user, self.0)).await;
        field(read.map(|progress| progress.map(LessonProgress::from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_a_share_of_what_there_is() {
        let share = |done, all| CourseProgress::of(done, all, None).percent_basis_points;
        assert_eq!((share(0, 3), share(1, 3), share(3, 3)), (0, 3333, 10_000));
        assert_eq!((share(0, 0), share(5, 3)), (0, 10_000));
    }
}
