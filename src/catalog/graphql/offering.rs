//! The interface that everything on sale shares, and reading any of it by key.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface};
use chrono::{DateTime, Utc};

use crate::catalog::{model, store};
use crate::connection;
use crate::creators::graphql::Creator;
use crate::graphql::values::RatingSummary;
use crate::graphql::{Ctx, Eager, Rows, Url};
use crate::kernel::{CourseId, Denied, OfferingId, Result};
use crate::loader;
use crate::media::graphql::Image;

use super::access::may_see;
use super::{Bundle, Course, MembershipPlan, OfferingKind, OfferingStatus, Price, ViewerAccess, Workshop};

loader! {
    /// Offerings of every kind by key, whoever may see them.
    OfferingById: OfferingId => model::AnyOffering = store::offerings
}

/// Anything that can be on sale.
#[expect(clippy::duplicated_attributes, reason = "each field of the interface names its type")]
#[derive(Clone, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Tells the kind by its prefix."),
    field(name = "kind", ty = "OfferingKind", desc = "What it is."),
    field(name = "slug", ty = "String", desc = "Its name in links, unique within the creator."),
    field(name = "url", ty = "Url", desc = "The one address of its page."),
    field(name = "title", ty = "String", desc = "What it is called."),
    field(name = "subtitle", ty = "Option<String>", desc = "Below the title."),
    field(name = "cover", ty = "Option<Image>", desc = "Its picture."),
    field(name = "status", ty = "OfferingStatus", desc = "Where it stands."),
    field(name = "creator", ty = "Eager<Creator>", desc = "Who teaches."),
    field(name = "prices", ty = "Rows<Price>", desc = "What it costs now, the default first; at most 5."),
    field(name = "rating_summary", ty = "RatingSummary", desc = "What learners think."),
    field(name = "viewer_access", ty = "ViewerAccess", desc = "Whether the caller has it, and why not."),
    field(name = "viewer_can_edit", ty = "bool", desc = "Whether the caller works on it."),
    field(name = "updated_at", ty = "DateTime<Utc>", desc = "When it was last edited.")
)]
pub enum Offering {
    /// A course.
    Course(Course),
    /// Live sessions on one subject.
    Workshop(Workshop),
    /// Several offerings together.
    Bundle(Bundle),
    /// Something paid again and again.
    MembershipPlan(MembershipPlan),
}

connection!(OfferingConnection, OfferingEdge, Offering, "offerings", of several kinds);

impl From<model::AnyOffering> for Offering {
    /// Shows an offering; the caller may see it.
    fn from(offering: model::AnyOffering) -> Self {
        match offering {
            model::AnyOffering::Course(course) => Self::Course(Course(course)),
            model::AnyOffering::Workshop(workshop) => Self::Workshop(Workshop(workshop)),
            model::AnyOffering::Bundle(bundle) => Self::Bundle(Bundle(bundle)),
            model::AnyOffering::Plan(plan) => Self::MembershipPlan(MembershipPlan(plan)),
        }
    }
}

/// A course by key, whoever may see it.
pub async fn course_by_id(ctx: &Context<'_>, id: CourseId) -> Result<Option<Arc<model::Course>>> {
    let found = ctx.loaders().kept::<OfferingById, _>(id.into()).await?;
    Ok(found.and_then(model::AnyOffering::course))
}

/// An offering by key, whoever may see it: for those who reached it through something of theirs.
pub async fn any_offering(ctx: &Context<'_>, id: OfferingId) -> Result<Offering> {
    let found = ctx.loaders().kept::<OfferingById, _>(id).await?;
    Ok(found.ok_or(Denied::NotFound)?.into())
}

/// An offering as everybody may read it, if the caller may see it.
pub(super) async fn visible_offering(
    ctx: &Context<'_>,
    id: OfferingId,
) -> Result<Option<model::AnyOffering>> {
    let Some(offering) = ctx.loaders().kept::<OfferingById, _>(id).await? else { return Ok(None) };
    Ok(may_see(ctx, &offering).await?.then_some(offering))
}

/// What was bought, by key: also null once the platform has closed it.
pub async fn offering(ctx: &Context<'_>, id: OfferingId) -> Result<Option<Offering>> {
    Ok(visible_offering(ctx, id).await?.map(Offering::from))
}
