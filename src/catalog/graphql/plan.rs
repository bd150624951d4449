//! A membership plan as clients see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;

use crate::catalog::{model, store};
use crate::creators::graphql::{Creator, its_creator};
use crate::graphql::values::{RatingSummary, RichText};
use crate::graphql::{Ctx, Url, required};
use crate::kernel::{OfferingId, PlanId, Result};
use crate::loader;
use crate::media::graphql::{Image, image};

use super::access::{may_edit, viewer_access};
use super::offering::{rating, visible_offering};
use super::{Offering, OfferingKind, OfferingStatus, Price, ViewerAccess, prices_of};

loader! {
    /// What plans have beyond other offerings.
    ContentsOf: PlanId => model::PlanContents = store::plan_contents
}

/// A membership plan that the caller may see.
#[derive(Clone)]
pub struct MembershipPlan(pub Arc<model::MembershipPlan>);

/// Something paid again and again, that opens what it includes for as long as it is paid.
#[Object]
impl MembershipPlan {
    /// `mpl_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// MEMBERSHIP.
    pub async fn kind(&self) -> OfferingKind {
        OfferingKind::Membership
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

    /// What it costs now, the default first; at most 5, all of them recurring.
    pub async fn prices(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Price>> {
        required(prices_of(ctx, self.0.offering.id).await)
    }

    /// What members think.
    pub async fn rating_summary(&self) -> RatingSummary {
        rating(&self.0)
    }

    /// Open while the caller is a member; `enrollment` is the membership.
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

    /// What it is about; may be empty in a draft.
    async fn description(&self) -> RichText {
        RichText(self.0.description.clone())
    }

    /// What members enjoy beside what they may learn; at most 12 sentences.
    async fn perks(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        Ok(required(contents(ctx, self.0.id).await)?.perks)
    }

    /// What members may learn, at most 50. Empty when the plan opens everything its creator has published, or nothing:
    /// see `includesEverything`. What the caller may not see is left out.
    async fn includes(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Offering>> {
        let found = async {
            let ids: Vec<OfferingId> = match contents(ctx, self.0.id).await?.included {
                model::Included::Everything => Vec::new(),
                model::Included::These(items) => items,
            };
            try_join_all(ids.into_iter().map(|id| visible_offering(ctx, id))).await
        };
        Ok(required(found.await)?.into_iter().flatten().map(Offering::from).collect())
    }

    /// Whether members may learn everything the creator has published, now and later.
    async fn includes_everything(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        Ok(required(contents(ctx, self.0.id).await)?.included == model::Included::Everything)
    }

    /// How many people are or were members; null for who does not work on it.
    async fn member_count(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<i32>> {
        let shown = required(may_edit(ctx, &self.0).await)?;
        Ok(shown.then_some(self.0.enrollment_count))
    }
}

async fn contents(ctx: &Context<'_>, id: PlanId) -> Result<model::PlanContents> {
    Ok(ctx.loaders().load::<ContentsOf, _>(id).await?.unwrap_or_default())
}

/// A membership plan by key; null for who may not see it.
pub async fn plan(ctx: &Context<'_>, id: PlanId) -> Result<Option<MembershipPlan>> {
    let found = visible_offering(ctx, id.into()).await?;
    Ok(found.and_then(model::AnyOffering::plan).map(MembershipPlan))
}
