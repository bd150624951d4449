//! A course as clients see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::catalog::{model, store};
use crate::connection;
use crate::creators::graphql::{Creator, Niche, its_creator};
use crate::graphql::values::{RatingSummary, RichText, Seo, seo};
use crate::graphql::{Ctx, Fallible, LanguageTag, Url, field, required};
use crate::kernel::{CourseId, Result};
use crate::loader;
use crate::media::graphql::{Image, image};

use super::access::{may_edit, may_see, viewer_access};
use super::offering::{course_by_id, rating};
use super::splits::{OfferingShare, split_of};
use super::{Level, OfferingKind, OfferingStatus, OutlineOf, Price, Section, ViewerAccess, prices_of};

loader! {
    /// Niches by course, by name.
    NichesOf: CourseId => Vec<crate::creators::model::Niche> = store::niches_of
}

connection!(CourseConnection, CourseEdge, Course, "courses");

/// A course that the caller may see.
#[derive(Clone)]
pub struct Course(pub Arc<model::Course>);

/// Sections of lessons, at one's own pace.
#[Object]
impl Course {
    /// `crs_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// COURSE.
    pub async fn kind(&self) -> OfferingKind {
        OfferingKind::Course
    }

    /// Its name in links, unique within the creator.
    pub async fn slug(&self) -> String {
        self.0.slug.clone()
    }

    /// The one address of its page.
    pub async fn url(&self, ctx: &Context<'_>) -> Url {
        ctx.app().link(&self.0.path()).into()
    }

    /// What it is called.
    pub async fn title(&self) -> String {
        self.0.title.clone()
    }

    /// Below the title.
    pub async fn subtitle(&self) -> Option<String> {
        self.0.subtitle.clone()
    }

    /// Its picture.
    pub async fn cover(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Image>> {
        required(image(ctx, self.0.cover).await)
    }

    /// Where it stands.
    pub async fn status(&self) -> OfferingStatus {
        self.0.status.into()
    }

    /// Who teaches.
    pub async fn creator(&self, ctx: &Context<'_>) -> async_graphql::Result<Creator> {
        required(its_creator(ctx, self.0.creator).await)
    }

    /// What it costs now, the default first; at most 5.
    pub async fn prices(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Price>> {
        required(prices_of(ctx, self.0.offering.id).await)
    }

    /// What learners think.
    pub async fn rating_summary(&self) -> RatingSummary {
        rating(&self.0)
    }

    /// Whether the caller has it, and why not.
    pub async fn viewer_access(&self, ctx: &Context<'_>) -> async_graphql::Result<ViewerAccess> {
        required(viewer_access(ctx, &self.0, false).await)
    }

    /// Whether the caller works on it.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        required(may_edit(ctx, &self.0).await)
    }

    /// When it was last edited.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Rises with each edit: pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What it is about; may be empty in a draft.
    async fn description(&self) -> RichText {
        RichText(self.0.description.clone())
    }

    /// For whom.
    async fn level(&self) -> Level {
        self.0.level.into()
    }

    /// The language it is taught in.
    async fn language(&self) -> LanguageTag {
        self.0.language.as_str().into()
    }

    /// Where it is listed, by name; at most 5.
    async fn niches(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Niche>> {
        let niches = required(ctx.loaders().load::<NichesOf, _>(self.0.id).await)?;
        Ok(niches.unwrap_or_default().into_iter().map(Niche).collect())
    }

    /// What one will be able to do; at most 12.
    async fn outcomes(&self) -> &[String] {
        &self.0.outcomes
    }

    /// Of all lessons.
    async fn estimated_minutes(&self) -> i32 {
        self.0.estimated_minutes
    }

    /// In all sections.
    async fn lesson_count(&self) -> i32 {
        self.0.lesson_count
    }

    /// Its outline, in order; at most 50.
    async fn sections(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Section>> {
        let outline = required(ctx.loaders().load::<OutlineOf, _>(self.0.id).await)?.unwrap_or_default();
        let all = outline.sections.iter().cloned();
        Ok(all.map(|section| Section::within(section, &self.0, &outline)).collect())
    }

    /// Whether finishing gives a certificate.
    async fn certificate_enabled(&self) -> bool {
        self.0.certificate_enabled
    }

    /// When it was first published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// Who shares in what it earns, besides its creator; at most 10. Null for all but its creator's team with FINANCE.
    async fn split(&self, ctx: &Context<'_>) -> Fallible<Vec<OfferingShare>> {
        field(split_of(ctx, &self.0).await)
    }

    /// What the page says of itself to search engines.
    async fn seo(&self, ctx: &Context<'_>) -> async_graphql::Result<Seo> {
        let image = required(image(ctx, self.0.cover).await)?;
        let words = self.0.subtitle.as_deref().unwrap_or(&self.0.description);
        Ok(seo(&self.0.title, words, ctx.app().link(&self.0.path()), image))
    }
}

/// A course as everybody may read it, if the caller may see it.
pub(super) async fn visible(ctx: &Context<'_>, id: CourseId) -> Result<Option<Arc<model::Course>>> {
    let Some(course) = course_by_id(ctx, id).await? else { return Ok(None) };
    Ok(may_see(ctx, &course).await?.then_some(course))
}

/// A course by key; null for who may not see it.
pub async fn course(ctx: &Context<'_>, id: CourseId) -> Result<Option<Course>> {
    Ok(visible(ctx, id).await?.map(Course))
}
