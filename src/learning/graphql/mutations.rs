//! Saying how far one is. Thin: who asks, what for, which action.

use async_graphql::{Context, ID, Object};

use crate::catalog::graphql::{Lesson, lesson};
use crate::enrollment::graphql as enrollment;
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, UserError, answer};
use crate::kernel::{Error, LessonId, Result};
use crate::learning::actions;

use super::{LessonCompletePayload, LessonReopenPayload, ProgressEventInput, ProgressSyncPayload};

const LESSON: [&str; 1] = ["lessonId"];

/// Learning's mutations.
#[derive(Default)]
pub struct LearningMutation;

#[Object]
impl LearningMutation {
    /// Marks a lesson as finished. May be repeated.
    async fn lesson_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`lsn_…`.")] lesson_id: ID,
    ) -> Fallible<LessonCompletePayload> {
        let done = async {
            ctx.viewer()?;
            let lesson: LessonId = id(&LESSON, &lesson_id)?;
            let right =
                actions::complete_lesson(ctx.app(), ctx.viewer()?, lesson).await.missing_at(&LESSON)?;
            Ok(LessonCompletePayload {
                lesson: shown(ctx, lesson).await?,
                enrollment: enrollment::own(ctx, right).await?,
                user_errors: Vec::new(),
            })
        };
        answer(done.await)
    }

    /// Marks a lesson as not finished after all. May be repeated.
    async fn lesson_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`lsn_…`.")] lesson_id: ID,
    ) -> Fallible<LessonReopenPayload> {
        let done = async {
            ctx.viewer()?;
            let lesson: LessonId = id(&LESSON, &lesson_id)?;
            actions::reopen_lesson(ctx.app(), ctx.viewer()?, lesson).await.missing_at(&LESSON)?;
            Ok(LessonReopenPayload { lesson: shown(ctx, lesson).await?, user_errors: Vec::new() })
        };
        answer(done.await)
    }

    /// Takes in what a device saw, also offline: at most 200 events, each counted once, in the order in which they
    /// occurred. What cannot be taken is named in `userErrors`; the rest counts.
    async fn progress_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happened.")] events: Vec<ProgressEventInput>,
    ) -> Fallible<ProgressSyncPayload> {
        answer(synced(ctx, events).await)
    }
}

async fn shown(ctx: &Context<'_>, id: LessonId) -> Result<Option<Lesson>> {
    lesson(ctx, id).await
}

async fn synced(ctx: &Context<'_>, events: Vec<ProgressEventInput>) -> Result<ProgressSyncPayload> {
    let viewer = ctx.viewer()?;
    let mut read = Vec::new();
    let mut places = Vec::new();
    let mut user_errors: Vec<UserError> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        match event.read() {
            Ok(event) => {
                read.push(event);
                places.push(place);
            }
            Err(Error::Refused(problems)) => {
                let within = problems.into_vec().into_iter();
                let named = within.map(|problem| problem.under(&place.to_string()).under("events"));
                user_errors.extend(named.map(UserError::from));
            }
            Err(error) => return Err(error),
        }
    }
    let synced = actions::sync_progress(ctx.app(), viewer, read).await?;
    for mut problem in synced.problems {
        // The action counts the events it was given; the caller counts all.
        if let Some(at) =
            problem.path.get(1).and_then(|at| at.parse::<usize>().ok()).and_then(|at| places.get(at))
        {
            problem.path[1] = at.to_string();
        }
        user_errors.push(problem.into());
    }
    let mut enrollments = Vec::new();
    for right in synced.enrollments {
        enrollments.extend(enrollment::own(ctx, right).await?);
    }
    Ok(ProgressSyncPayload { accepted_event_ids: synced.accepted, enrollments, user_errors })
}
