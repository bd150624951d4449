//! Learning's part of an enrollment.

use async_graphql::{Context, Object};

use crate::catalog::graphql::{Lesson, course_by_id};
use crate::enrollment::model::Enrollment;
use crate::graphql::{Ctx, Fallible, field};
use crate::kernel::{CourseId, EnrollmentId, Result};
use crate::learning::store;
use crate::loader;

use super::CourseProgress;

loader! {
    /// The lesson to go on with, by enrollment; absent where everything is finished.
    NextLesson: EnrollmentId => crate::catalog::model::Lesson = store::next_lessons
}

/// Learning's part of an enrollment.
#[derive(Clone)]
pub struct EnrollmentProgress(pub Enrollment);

impl EnrollmentProgress {
    async fn next(&self, ctx: &Context<'_>) -> Result<Option<Lesson>> {
        if !self.0.may_learn_at(ctx.app().now()) {
            return Ok(None);
        }
        let loaders = ctx.loaders();
        // The course first: other fields of the same page ask for it too, so that all share one statement.
        let course = course_by_id(ctx, CourseId(self.0.offering)).await?;
        let Some(course) = course else { return Ok(None) };
        let lesson = loaders.load::<NextLesson, _>(self.0.id).await?;
        Ok(lesson.map(|lesson| Lesson::of(lesson, &course, None)))
    }
}

#[Object]
impl EnrollmentProgress {
    /// How far the learner is.
    async fn progress(&self, ctx: &Context<'_>) -> Fallible<CourseProgress> {
        let course = course_by_id(ctx, CourseId(self.0.offering)).await;
        field(course.map(|course| {
            let total = course?.lesson_count;
            Some(CourseProgress::of(self.0.completed_lessons, total, self.0.last_activity_at))
        }))
    }

    /// The lesson to go on with: where the learner was last, if that is not finished, else the first that is not.
    async fn next_lesson(&self, ctx: &Context<'_>) -> Fallible<Lesson> {
        field(self.next(ctx).await)
    }
}
