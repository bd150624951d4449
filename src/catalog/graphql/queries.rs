//! The catalog's questions.

use async_graphql::{Context, ID, Object};

use crate::catalog::{model, store};
use crate::changes::Owner;
use crate::graphql::{Ctx, Fallible, context, field};
use crate::kernel::{CreatorId, Result};

use super::access::may_see;
use super::lists::{public, public_filter};
use super::{
    Bundle, Course, Lesson, Offering, OfferingBy, OfferingConnection, OfferingFilter, OfferingOrder,
    OfferingSlugInput, Workshop, bundle, course, lesson, workshop,
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
                OfferingBy::Slug(link) => {
                    let found = by_link(ctx, &link).await?;
                    Ok(found.and_then(model::AnyOffering::course).map(Course))
                }
            }
        };
        let found = found.await;
        note(ctx, found.as_ref().ok().and_then(Option::as_ref).map(|found| found.0.creator));
        field(found)
    }

    /// A workshop by its id or its link, also by a link it had before. Drafts only for the team; null otherwise.
    async fn workshop(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One of the two.")] by: OfferingBy,
    ) -> Fallible<Workshop> {
        let found = async {
            match by {
                OfferingBy::Id(given) => workshop(ctx, context::id(&["by", "id"], &given)?).await,
                OfferingBy::Slug(link) => {
                    let found = by_link(ctx, &link).await?;
                    Ok(found.and_then(model::AnyOffering::workshop).map(Workshop))
                }
            }
        };
        let found = found.await;
        note(ctx, found.as_ref().ok().and_then(Option::as_ref).map(|found| found.0.creator));
        field(found)
    }

    /// A bundle by its id or its link, also by a link it had before. Drafts only for the team; null otherwise.
    async fn bundle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One of the two.")] by: OfferingBy,
    ) -> Fallible<Bundle> {
        let found = async {
            match by {
                OfferingBy::Id(given) => bundle(ctx, context::id(&["by", "id"], &given)?).await,
                OfferingBy::Slug(link) => {
                    let found = by_link(ctx, &link).await?;
                    Ok(found.and_then(model::AnyOffering::bundle).map(Bundle))
                }
            }
        };
        let found = found.await;
        note(ctx, found.as_ref().ok().and_then(Option::as_ref).map(|found| found.0.creator));
        field(found)
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
        ctx.reads().everything();
        let listed = async {
            let wanted = public_filter(&filter.unwrap_or_default())?;
            if wanted.free_only {
                // Prices end.
                ctx.reads().never();
            }
            let order = order_by.unwrap_or(OfferingOrder::Popular);
            let show = |offering| Some(Offering::from(offering));
            public(ctx, "offerings", wanted, order, (first, after), show).await
        };
        field(listed.await.map(Some))
    }

    /// A lesson of a course the caller may see. Its content is null unless `access` says that it is open.
    async fn lesson(&self, ctx: &Context<'_>, #[graphql(desc = "`lsn_…`.")] id: ID) -> Fallible<Lesson> {
        let found = async { lesson(ctx, context::id(&["id"], &id)?).await };
        field(found.await)
    }
}

/// What the answer rests on: what there is of a creator, or that there is nothing.
fn note(ctx: &Context<'_>, creator: Option<CreatorId>) {
    match creator {
        Some(creator) => ctx.reads().of(creator),
        None => ctx.reads().everything(),
    }
}

/// Offerings that are kept by their links.
struct Links;

/// What a link leads to, if the caller may see it.
async fn by_link(ctx: &Context<'_>, link: &OfferingSlugInput) -> Result<Option<model::AnyOffering>> {
    let whose =
        |found: &Option<model::AnyOffering>| found.as_ref().map(|offering| Owner::Creator(offering.creator));
    let read = store::by_slug(ctx.app().db.read(), &link.creator_handle, &link.slug);
    let key = (link.creator_handle.to_lowercase(), link.slug.clone());
    let found = ctx.loaders().rows().find::<Links, _, _>(key, whose, read).await?;
    let Some(offering) = found else { return Ok(None) };
    Ok(may_see(ctx, &offering).await?.then_some(offering))
}
