//! Sections and lessons. Titles and lengths are for everybody who sees the course; content is not.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object};

use crate::app::App;
use crate::catalog::{model, store};
use crate::graphql::{Ctx, Fallible, Rows, field, required};
use crate::kernel::{CourseId, LessonId, Result, SectionId};
use crate::learning::graphql::LessonProgressPart;
use crate::loader;

use super::access::{Inside, viewer_access};
use super::content::{Attachment, LessonContent, attached, content};
use super::{Course, LessonKind, ViewerAccess, visible};

loader! {
    /// Outlines by course; a course without sections has none.
    OutlineOf: CourseId => Arc<model::Outline> = outlines
}

loader! {
    /// Sections by key, whoever may see them.
    SectionById: SectionId => model::Section = store::sections
}

loader! {
    /// Lessons by key, whoever may see them.
    LessonById: LessonId => model::Lesson = store::lessons
}

async fn outlines(app: &App, ids: &[CourseId]) -> Result<HashMap<CourseId, Arc<model::Outline>>> {
    let found = store::outlines(app, ids).await?;
    Ok(found.into_iter().map(|(id, outline)| (id, Arc::new(outline))).collect())
}

/// A section of a course that the caller may see.
#[derive(Clone)]
pub struct Section {
    section: model::Section,
    course: Arc<model::Course>,
    outline: Arc<model::Outline>,
}

impl Section {
    /// A section with the outline it is part of.
    pub(super) fn within(
        section: model::Section,
        course: &Arc<model::Course>,
        outline: &Arc<model::Outline>,
    ) -> Self {
        Self { section, course: Arc::clone(course), outline: Arc::clone(outline) }
    }
}

/// A chapter of a course.
#[Object]
impl Section {
    /// `sec_…`.
    pub async fn id(&self) -> ID {
        self.section.id.to_string().into()
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.section.title
    }

    /// From 0, without gaps.
    async fn position(&self) -> i32 {
        self.section.position
    }

    /// Its lessons, in order. A course has at most 300.
    async fn lessons(&self) -> Rows<Lesson> {
        let within = self.outline.lessons.iter().filter(|lesson| lesson.section == self.section.id);
        within.map(|lesson| Lesson::of(lesson.clone(), &self.course, Some(&self.outline))).collect()
    }
}

/// A lesson of a course that the caller may see. Other rooms add their parts.
#[derive(Clone, MergedObject)]
pub struct Lesson(pub LessonPage, pub LessonProgressPart);

impl Lesson {
    /// A lesson of this course; its outline, if it is known already.
    pub fn of(
        lesson: model::Lesson,
        course: &Arc<model::Course>,
        outline: Option<&Arc<model::Outline>>,
    ) -> Self {
        let progress = LessonProgressPart(lesson.id);
        Self(LessonPage { lesson, course: Arc::clone(course), outline: outline.map(Arc::clone) }, progress)
    }

    /// For the `Node` interface.
    pub async fn id(&self, _: &Context<'_>) -> async_graphql::Result<ID> {
        Ok(self.0.lesson.id.to_string().into())
    }
}

/// The catalog's part of a lesson.
#[derive(Clone)]
pub struct LessonPage {
    lesson: model::Lesson,
    course: Arc<model::Course>,
    outline: Option<Arc<model::Outline>>,
}

impl LessonPage {
    async fn neighbour(&self, ctx: &Context<'_>, steps: isize) -> Result<Option<Lesson>> {
        let outline = match &self.outline {
            Some(outline) => Arc::clone(outline),
            None => ctx
                .loaders()
                .kept_of::<OutlineOf, _>(self.course.creator, self.course.id)
                .await?
                .unwrap_or_default(),
        };
        let found = outline.neighbour(self.lesson.id, steps).cloned();
        Ok(found.map(|lesson| Lesson::of(lesson, &self.course, Some(&outline))))
    }

    async fn inside(&self, ctx: &Context<'_>) -> Result<Option<Inside>> {
        Inside::of(ctx, &self.course, self.lesson.is_preview).await
    }
}

/// One small step of a course.
#[Object]
impl LessonPage {
    /// `lsn_…`.
    async fn id(&self) -> ID {
        self.lesson.id.to_string().into()
    }

    /// The course it is part of.
    async fn course(&self) -> Course {
        Course(Arc::clone(&self.course))
    }

    /// Rises with each edit: pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.lesson.version
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.lesson.title
    }

    /// What it teaches with.
    async fn kind(&self) -> LessonKind {
        self.lesson.kind.into()
    }

    /// From 0 within its section, without gaps.
    async fn position(&self) -> i32 {
        self.lesson.position
    }

    /// Open to all.
    async fn is_preview(&self) -> bool {
        self.lesson.is_preview
    }

    /// A sentence or two.
    async fn summary(&self) -> Option<&str> {
        self.lesson.summary.as_deref()
    }

    /// How long it plays, or takes to read.
    async fn duration_seconds(&self) -> Option<i32> {
        self.lesson.duration_seconds
    }

    /// Whether the caller may see its content, and why not.
    async fn access(&self, ctx: &Context<'_>) -> async_graphql::Result<ViewerAccess> {
        required(viewer_access(ctx, &self.course, self.lesson.is_preview).await)
    }

    /// What it teaches with; null unless `access.state` is OPEN or PREVIEW, and while it has none.
    async fn content(&self, ctx: &Context<'_>) -> Fallible<LessonContent> {
        let read = async {
            let Some(inside) = self.inside(ctx).await? else { return Ok(None) };
            content(ctx, &self.lesson, &inside).await
        };
        // In a box: a page asks for thirty titles, and each would carry this along (decision 0038).
        field(Box::pin(read).await)
    }

    /// The files that come with it, in order; empty unless `access.state` is OPEN or PREVIEW. At most 20.
    async fn attachments(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Attachment>> {
        let read = async {
            let Some(inside) = self.inside(ctx).await? else { return Ok(Vec::new()) };
            attached(ctx, self.lesson.id, &inside, false).await
        };
        required(Box::pin(read).await)
    }

    /// The one after it, across sections.
    async fn next(&self, ctx: &Context<'_>) -> Fallible<Lesson> {
        field(self.neighbour(ctx, 1).await)
    }

    /// The one before it, across sections.
    async fn previous(&self, ctx: &Context<'_>) -> Fallible<Lesson> {
        field(self.neighbour(ctx, -1).await)
    }
}

/// A lesson by key; null for who may not see its course.
pub async fn lesson(ctx: &Context<'_>, id: LessonId) -> Result<Option<Lesson>> {
    let Some(lesson) = ctx.loaders().load::<LessonById, _>(id).await? else { return Ok(None) };
    let course = visible(ctx, lesson.course).await?;
    Ok(course.map(|course| Lesson::of(lesson, &course, None)))
}

/// A section by key; null for who may not see its course.
pub async fn section(ctx: &Context<'_>, id: SectionId) -> Result<Option<Section>> {
    let Some(section) = ctx.loaders().load::<SectionById, _>(id).await? else { return Ok(None) };
    let Some(course) = visible(ctx, section.course).await? else { return Ok(None) };
    let outline =
        ctx.loaders().kept_of::<OutlineOf, _>(course.creator, section.course).await?.unwrap_or_default();
    Ok(Some(Section::within(section, &course, &outline)))
}
