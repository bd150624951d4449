//! A course as clients see it.

use std::sync::Arc;

use async_graphql::Context;
use chrono::{DateTime, Utc};

use crate::catalog::{model, store};
use crate::connection;
use crate::creators::graphql::Niche;
use crate::graphql::values::{RichText, Seo, seo};
use crate::graphql::{Ctx, Fallible, LanguageTag, field, required};
use crate::kernel::{CourseId, Result};
use crate::loader;
use crate::media::graphql::image;

use super::access::{may_see, viewer_access};
use super::offering::course_by_id;
use super::on_sale::on_sale;
use super::splits::{OfferingShare, split_of};
use super::{Level, OutlineOf, Section, ViewerAccess};

loader! {
    /// Niches by course, by name.
    NichesOf: CourseId => Vec<crate::creators::model::Niche> = store::niches_of
}

connection!(CourseConnection, CourseEdge, Course, "courses");

/// A course that the caller may see.
#[derive(Clone)]
pub struct Course(pub Arc<model::Course>);

on_sale! {
    /// Sections of lessons, at one's own pace.
    impl Course: Course {
        /// Whether the caller has it, and why not.
        pub async fn viewer_access(&self, ctx: &Context<'_>) -> async_graphql::Result<ViewerAccess> {
            required(viewer_access(ctx, &self.0, false).await)
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
