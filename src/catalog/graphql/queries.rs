//! The catalog's questions.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::catalog::{model, store};
use crate::graphql::{Ctx, Fallible, context, field};
use crate::kernel::Result;

use super::access::may_see;
use super::lists::{public, public_filter};
use super::{
    Course, Lesson, Offering, OfferingBy, OfferingConnection, OfferingFilter, OfferingKind, OfferingOrder,
    course, lesson,
};

/// The catalog's root fields.
#[derive(Default)]
pub struct CatalogQuery;

#[Object]
impl CatalogQuery {
    /// A course by its id or its link, also by a link it had before. Drafts only for the team; null otherwise.
    async fn course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One of the two.")] by: OfferingBy,
    ) -> Fallible<Course> {
        let found = async {
            match by {
                OfferingBy::Id(given) => course(ctx, context::id(&["by", "id"], &given)?).await,
                OfferingBy::Slug(link) => by_link(ctx, &link.creator_handle, &link.slug).await,
            }
        };
        field(found.await)
    }

    /// What is on sale.
    async fn offerings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All that is given must hold.")] filter: Option<OfferingFilter>,
        #[graphql(desc = "Which come first.", default_with = "Some(OfferingOrder::Popular)")]
        order_by: Option<OfferingOrder>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Fallible<OfferingConnection> {
        let listed = async {
            let filter = filter.unwrap_or_default();
            let courses = filter.kinds.as_ref().is_none_or(|kinds| kinds.contains(&OfferingKind::Course));
            let wanted = courses.then(|| public_filter(&filter)).transpose()?;
            let order = order_by.unwrap_or(OfferingOrder::Popular);
            public(ctx, "offerings", wanted, order, (first, after), |course| {
                Offering::Course(Course(Arc::new(course)))
            })
            .await
        };
        field(listed.await.map(Some))
    }

    /// A lesson of a course the caller may see. Its content is null unless `access` says that it is open.
    async fn lesson(&self, ctx: &Context<'_>, #[graphql(desc = "`lsn_…`.")] id: ID) -> Fallible<Lesson> {
        let found = async { lesson(ctx, context::id(&["id"], &id)?).await };
        field(found.await)
    }
}

async fn by_link(ctx: &Context<'_>, handle: &str, slug: &str) -> Result<Option<Course>> {
    let found = store::by_slug(ctx.app().db.read(), handle, slug).await?;
    let Some(course) = found.map(Arc::<model::Course>::new) else { return Ok(None) };
    Ok(may_see(ctx, &course).await?.then_some(Course(course)))
}
