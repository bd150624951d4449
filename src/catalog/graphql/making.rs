//! Making courses and bundles: their words, sections, lessons and what these teach with.

use async_graphql::{Context, ID, Object};

use crate::catalog::actions;
use crate::catalog::refusals::CatalogRefusal;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, answer, context::id};
use crate::kernel::{BundleId, CourseId, Denied, LessonId, PlanId, Refusal, Result, SectionId};

use super::{
    Bundle, BundleCreatePayload, BundleInput, BundleUpdatePayload, Course, CourseCreatePayload, CourseInput,
    CourseOutlineReorderPayload, CourseUpdatePayload, Lesson, LessonContentInput, LessonContentSetPayload,
    LessonCreatePayload, LessonDeletePayload, LessonInput, LessonUpdatePayload, MembershipPlan,
    MembershipPlanCreatePayload, MembershipPlanInput, MembershipPlanUpdatePayload, OutlineSectionInput,
    Section, SectionCreatePayload, SectionDeletePayload, SectionInput, SectionUpdatePayload, bundle, course,
    lesson, plan, section,
};

/// Mutations on courses and their outlines.
#[derive(Default)]
pub struct MakingMutation;

#[Object]
impl MakingMutation {
    /// Makes a course as a draft; its link is made from its title.
    async fn course_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "What it is about.")] input: CourseInput,
    ) -> Fallible<CourseCreatePayload> {
        let made = async {
            let viewer = ctx.viewer()?;
            let creator = id(&["creatorId"], &creator_id)?;
            let words = input.words()?;
            let made = actions::create_course(ctx.app(), viewer, creator, words).await;
            the_course(ctx, made.missing_at(&["creatorId"])?).await
        };
        answer(made.await.map(|course| CourseCreatePayload { course, user_errors: Vec::new() }))
    }

    /// Changes a course's words.
    async fn course_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] course_id: ID,
        #[graphql(desc = "What changes.")] input: CourseInput,
        #[graphql(desc = "The version that was read; STALE_VERSION if there is another.")]
        expected_version: Option<i32>,
    ) -> Fallible<CourseUpdatePayload> {
        let changed = async {
            let viewer = ctx.viewer()?;
            let course = id(&["id"], &course_id)?;
            let words = input.words()?;
            let changed = actions::update_course(ctx.app(), viewer, course, words, expected_version).await;
            the_course(ctx, changed.missing_at(&["id"])?).await
        };
        answer(changed.await.map(|course| CourseUpdatePayload { course, user_errors: Vec::new() }))
    }

    /// Makes a bundle as a draft; its link is made from its title.
    async fn bundle_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "What it is about, and what it holds.")] input: BundleInput,
    ) -> Fallible<BundleCreatePayload> {
        let made = async {
            let viewer = ctx.viewer()?;
            let creator = id(&["creatorId"], &creator_id)?;
            let made = actions::create_bundle(ctx.app(), viewer, creator, input.words()?).await;
            the_bundle(ctx, made.missing_at(&["creatorId"])?).await
        };
        answer(made.await.map(|bundle| BundleCreatePayload { bundle, user_errors: Vec::new() }))
    }

    /// Makes a membership plan as a draft; its link is made from its title. Give it a recurring price, then publish it.
    async fn membership_plan_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "What it is about, and what members may learn.")] input: MembershipPlanInput,
    ) -> Fallible<MembershipPlanCreatePayload> {
        let made = async {
            let viewer = ctx.viewer()?;
            let creator = id(&["creatorId"], &creator_id)?;
            let made = actions::create_plan(ctx.app(), viewer, creator, input.words()?).await;
            the_plan(ctx, made.missing_at(&["creatorId"])?).await
        };
        answer(made.await.map(|plan| MembershipPlanCreatePayload { plan, user_errors: Vec::new() }))
    }

    /// Changes a plan's words and what it opens. What is new opens to members at once; what is taken out stays open to
    /// them until what they paid is over.
    async fn membership_plan_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] plan_id: ID,
        #[graphql(desc = "What changes.")] input: MembershipPlanInput,
    ) -> Fallible<MembershipPlanUpdatePayload> {
        let changed = async {
            let viewer = ctx.viewer()?;
            let plan = id(&["id"], &plan_id)?;
            let changed = actions::update_plan(ctx.app(), viewer, plan, input.words()?).await;
            the_plan(ctx, changed.missing_at(&["id"])?).await
        };
        answer(changed.await.map(|plan| MembershipPlanUpdatePayload { plan, user_errors: Vec::new() }))
    }

    /// Changes a bundle's words and items. Who bought it before keeps what it held then.
    async fn bundle_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] bundle_id: ID,
        #[graphql(desc = "What changes.")] input: BundleInput,
    ) -> Fallible<BundleUpdatePayload> {
        let changed = async {
            let viewer = ctx.viewer()?;
            let bundle = id(&["id"], &bundle_id)?;
            let changed = actions::update_bundle(ctx.app(), viewer, bundle, input.words()?).await;
            the_bundle(ctx, changed.missing_at(&["id"])?).await
        };
        answer(changed.await.map(|bundle| BundleUpdatePayload { bundle, user_errors: Vec::new() }))
    }

    /// Adds a section at the end of a course; at most 50.
    async fn section_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which course.")] course_id: ID,
        #[graphql(desc = "What it is called.")] input: SectionInput,
    ) -> Fallible<SectionCreatePayload> {
        let made = async {
            let viewer = ctx.viewer()?;
            let course = id(&["courseId"], &course_id)?;
            let made = actions::create_section(ctx.app(), viewer, course, input.title).await;
            the_section(ctx, made.missing_at(&["courseId"])?).await
        };
        answer(made.await.map(|section| SectionCreatePayload { section, user_errors: Vec::new() }))
    }

    /// Renames a section.
    async fn section_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] section_id: ID,
        #[graphql(desc = "What changes.")] input: SectionInput,
    ) -> Fallible<SectionUpdatePayload> {
        let changed = async {
            let viewer = ctx.viewer()?;
            let section = id(&["id"], &section_id)?;
            let changed = actions::rename_section(ctx.app(), viewer, section, input.title).await;
            the_section(ctx, changed.missing_at(&["id"])?).await
        };
        answer(changed.await.map(|section| SectionUpdatePayload { section, user_errors: Vec::new() }))
    }

    /// Removes a section with its lessons.
    async fn section_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] section_id: ID,
    ) -> Fallible<SectionDeletePayload> {
        let gone = async {
            let viewer = ctx.viewer()?;
            let section = id(&["id"], &section_id)?;
            actions::delete_section(ctx.app(), viewer, section).await.missing_at(&["id"])
        };
        let payload = |gone: SectionId| SectionDeletePayload {
            deleted_id: Some(gone.to_string().into()),
            user_errors: Vec::new(),
        };
        answer(gone.await.map(payload))
    }

    /// Adds a lesson at the end of a section; a course has at most 300.
    async fn lesson_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which section.")] section_id: ID,
        #[graphql(desc = "What it is about.")] input: LessonInput,
    ) -> Fallible<LessonCreatePayload> {
        let made = async {
            let viewer = ctx.viewer()?;
            let section = id(&["sectionId"], &section_id)?;
            let words = input.words()?;
            let made = actions::create_lesson(ctx.app(), viewer, section, words).await;
            the_lesson(ctx, made.missing_at(&["sectionId"])?).await
        };
        answer(made.await.map(|lesson| LessonCreatePayload { lesson, user_errors: Vec::new() }))
    }

    /// Changes what is said of a lesson, and the files that come with it.
    async fn lesson_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] lesson_id: ID,
        #[graphql(desc = "What changes.")] input: LessonInput,
        #[graphql(desc = "The version that was read; STALE_VERSION if there is another.")]
        expected_version: Option<i32>,
    ) -> Fallible<LessonUpdatePayload> {
        let changed = async {
            let viewer = ctx.viewer()?;
            let lesson = id(&["id"], &lesson_id)?;
            let words = input.words()?;
            let changed = actions::update_lesson(ctx.app(), viewer, lesson, words, expected_version).await;
            the_lesson(ctx, changed.missing_at(&["id"])?).await
        };
        answer(changed.await.map(|lesson| LessonUpdatePayload { lesson, user_errors: Vec::new() }))
    }

    /// Sets what a lesson teaches with, instead of what it had.
    async fn lesson_content_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] lesson_id: ID,
        #[graphql(desc = "One kind at a time.")] content: LessonContentInput,
    ) -> Fallible<LessonContentSetPayload> {
        let set = async {
            let viewer = ctx.viewer()?;
            let lesson = id(&["id"], &lesson_id)?;
            let body = content.body()?;
            let set = actions::set_content(ctx.app(), viewer, lesson, body).await;
            the_lesson(ctx, set.missing_at(&["id"])?).await
        };
        answer(set.await.map(|lesson| LessonContentSetPayload { lesson, user_errors: Vec::new() }))
    }

    /// Removes a lesson, and what learners did in it.
    async fn lesson_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] lesson_id: ID,
    ) -> Fallible<LessonDeletePayload> {
        let gone = async {
            let viewer = ctx.viewer()?;
            let lesson = id(&["id"], &lesson_id)?;
            actions::delete_lesson(ctx.app(), viewer, lesson).await.missing_at(&["id"])
        };
        let payload = |gone: LessonId| LessonDeletePayload {
            deleted_id: Some(gone.to_string().into()),
            user_errors: Vec::new(),
        };
        answer(gone.await.map(payload))
    }

    /// Puts all sections and lessons of a course in another order, at once. Lessons may move between sections.
    async fn course_outline_reorder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course.")] course_id: ID,
        #[graphql(desc = "Every section and every lesson exactly once.")] outline: Vec<OutlineSectionInput>,
        #[graphql(desc = "The course's version that was read; STALE_VERSION if there is another.")]
        expected_version: i32,
    ) -> Fallible<CourseOutlineReorderPayload> {
        let sorted = async {
            let viewer = ctx.viewer()?;
            let course = id(&["courseId"], &course_id)?;
            let wanted = order(&outline)?;
            let sorted = actions::reorder(ctx.app(), viewer, course, &wanted, expected_version).await;
            the_course(ctx, sorted.missing_at(&["courseId"])?).await
        };
        answer(sorted.await.map(|course| CourseOutlineReorderPayload { course, user_errors: Vec::new() }))
    }
}

/// The outline as the actions take it; longer ones than a course may have are not even read.
fn order(outline: &[OutlineSectionInput]) -> Result<Vec<crate::catalog::model::OutlineOrder>> {
    use crate::catalog::model::{MOST_LESSONS, MOST_SECTIONS};
    let lessons: usize = outline.iter().map(|entry| entry.lesson_ids.len()).sum();
    for (count, most, what) in
        [(outline.len(), MOST_SECTIONS, "sections"), (lessons, MOST_LESSONS, "lessons")]
    {
        let most = usize::try_from(most).unwrap_or_default();
        if count > most {
            return Err(CatalogRefusal::TooManyOf(what, most).at(["outline"]).into());
        }
    }
    outline.iter().enumerate().map(|(at, entry)| entry.order(at)).collect()
}

async fn the_course(ctx: &Context<'_>, id: CourseId) -> Result<Option<Course>> {
    Ok(Some(course(ctx, id).await?.ok_or(Denied::NotFound)?))
}

async fn the_section(ctx: &Context<'_>, id: SectionId) -> Result<Option<Section>> {
    Ok(Some(section(ctx, id).await?.ok_or(Denied::NotFound)?))
}

async fn the_lesson(ctx: &Context<'_>, id: LessonId) -> Result<Option<Lesson>> {
    Ok(Some(lesson(ctx, id).await?.ok_or(Denied::NotFound)?))
}

async fn the_plan(ctx: &Context<'_>, id: PlanId) -> Result<Option<MembershipPlan>> {
    Ok(Some(plan(ctx, id).await?.ok_or(Denied::NotFound)?))
}

async fn the_bundle(ctx: &Context<'_>, id: BundleId) -> Result<Option<Bundle>> {
    Ok(Some(bundle(ctx, id).await?.ok_or(Denied::NotFound)?))
}
