//! Looking at a lesson before anything is done with it: is it there for this caller, and is it open?

use crate::app::App;
use crate::catalog::model::{LessonFacts, OfferingStatus};
use crate::catalog::store as catalog;
use crate::creators::{self, Permission};
use crate::enrollment::access::{Access, AccessState, Facts, access};
use crate::enrollment::model::Enrollment;
use crate::enrollment::store as enrollment;
use crate::kernel::{Actor, Denied, LessonId, PublicId, Result, UserId};
use crate::learning::refusals::LearningRefusal;

/// A lesson that the caller may know of.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The lesson and what is decided by.
    pub facts: LessonFacts,
    /// The caller's right, in whatever state.
    pub enrollment: Option<Enrollment>,
    /// Whether it is open.
    pub access: Access,
}

impl Seen {
    /// Why a closed lesson is closed; nothing for an open one.
    pub fn refusal(&self) -> Option<LearningRefusal> {
        match self.access.state {
            AccessState::Open | AccessState::Preview => None,
            AccessState::NeedsSignIn | AccessState::NeedsPurchase => Some(LearningRefusal::NotEnrolled),
            AccessState::Expired | AccessState::Revoked => Some(LearningRefusal::AccessEnded),
        }
    }
}

/// A lesson with its access; NOT_FOUND where its course may not be seen.
pub async fn see_lesson(app: &App, actor: &Actor, id: LessonId) -> Result<Seen> {
    see_lesson_as(app, actor.user_id(), id).await
}

/// The same for a person who is not asking now: a permission that was given to them is looked at again.
pub(super) async fn see_lesson_as(app: &App, user: Option<UserId>, id: LessonId) -> Result<Seen> {
    let facts = catalog::lesson_facts(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let (mut on_team, mut right) = (false, None);
    if let Some(user) = user {
        let member = creators::store::member(app.db.read(), facts.creator, user).await?;
        on_team = member.is_some_and(|member| member.role.may(Permission::Catalog));
        let offering = facts.lesson.course.uuid();
        right = enrollment::of_user(app.db.read(), user, &[offering]).await?.remove(&offering);
    }
    let now = app.now();
    let holds = right.as_ref().is_some_and(|right| right.may_learn_at(now));
    let visible = facts.is_public || on_team || (holds && facts.status != OfferingStatus::TakenDown);
    if !visible {
        return Err(Denied::NotFound.into());
    }
    let decided = access(
        &Facts {
            signed_in: user.is_some(),
            on_team,
            is_preview: facts.lesson.is_preview,
            enrollment: right.as_ref(),
        },
        now,
    );
    Ok(Seen { facts, enrollment: right, access: decided })
}
