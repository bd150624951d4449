//! Learning's part of an enrollment.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::catalog::graphql::{Lesson, OutlineOf, course_by_id};
use crate::catalog::model::OfferingStatus;
use crate::enrollment::model::Enrollment;
use crate::graphql::{Ctx, Fallible, Int53, field, required};
use crate::kernel::{CourseId, EnrollmentId, LessonId, Result};
use crate::learning::{model, store};
use crate::loader;

use super::CourseProgress;

loader! {
    /// The lesson to go on with, by enrollment; absent where everything is finished.
    NextLesson: EnrollmentId => crate::catalog::model::Lesson = store::next_lessons
}

loader! {
    /// Lessons that a device can keep, with their bytes, by course.
    OfflineLessons: CourseId => Vec<(LessonId, i64)> = store::offline_lessons
}

/// A lesson that a device may keep, to be learnt without a connection.
#[derive(SimpleObject)]
pub struct OfflineItem {
    /// Which. Read it, play it (`playbackGrantCreate`) and save its files (`downloadGrantCreate`) as always.
    pub lesson: Lesson,
    /// The room to leave for it: a film in its largest size, and all files.
    pub byte_size: Int53,
    /// Until when it may be kept; later whenever this is asked again.
    pub allowed_until: DateTime<Utc>,
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

    async fn offline(&self, ctx: &Context<'_>) -> Result<Vec<OfflineItem>> {
        let (now, id) = (ctx.app().now(), CourseId(self.0.offering));
        if !self.0.may_learn_at(now) {
            return Ok(Vec::new());
        }
        let course = course_by_id(ctx, id).await?.filter(|course| course.status != OfferingStatus::TakenDown);
        let Some(course) = course else { return Ok(Vec::new()) };
        let weighed = ctx.loaders().load::<OfflineLessons, _>(id).await?.unwrap_or_default();
        let outline = ctx.loaders().kept_of::<OutlineOf, _>(course.creator, id).await?.unwrap_or_default();
        let allowed_until = model::offline_until(now, self.0.access_ends_at);
        let item = |(id, bytes)| {
            let lesson = outline.lessons.iter().find(|lesson| lesson.id == id)?.clone();
            let lesson = Lesson::of(lesson, &course, Some(&outline));
            Some(OfflineItem { lesson, byte_size: Int53(bytes), allowed_until })
        };
        Ok(weighed.into_iter().filter_map(item).collect())
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

    /// What a device may keep of the course, in the order of learning; nothing once the right has ended. At most 300.
    async fn offline_manifest(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OfflineItem>> {
        required(self.offline(ctx).await)
    }
}
