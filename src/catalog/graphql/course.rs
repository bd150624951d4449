//! A course as clients see it.

use std::sync::Arc;

use async_graphql::Context;

use crate::catalog::model;
use crate::connection;
use crate::graphql::{Ctx, Fallible, Rows, field, required};
use crate::kernel::{CourseId, Result};

use super::access::may_see;
use super::offering::course_by_id;
use super::splits::{OfferingShare, split_of};
use super::taught::{taught, words};
use super::{OutlineOf, Section};

connection!(CourseConnection, CourseEdge, Course, "courses");

/// A course that the caller may see.
#[derive(Clone)]
pub struct Course(pub Arc<model::Course>);

taught! {
    /// Sections of lessons, at one's own pace.
    impl Course: Course {
        /// What one will be able to do; at most 12.
        async fn outcomes(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
            required(words(ctx, &self.0).await.map(|words| words.outcomes.clone()))
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
        async fn sections(&self, ctx: &Context<'_>) -> async_graphql::Result<Rows<Section>> {
            let found = ctx.loaders().kept_of::<OutlineOf, _>(self.0.creator, self.0.id).await;
            let outline = required(found)?.unwrap_or_default();
            let all = outline.sections.iter().cloned();
            Ok(all.map(|section| Section::within(section, &self.0, &outline)).collect())
        }

        /// Whether finishing gives a certificate.
        async fn certificate_enabled(&self) -> bool {
            self.0.certificate_enabled
        }

        /// Who shares in what it earns, besides its creator; at most 10. Null for all but its creator's team with FINANCE.
        async fn split(&self, ctx: &Context<'_>) -> Fallible<Vec<OfferingShare>> {
            field(split_of(ctx, &self.0).await)
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
