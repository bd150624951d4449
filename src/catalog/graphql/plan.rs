//! A membership plan as clients see it.

use std::sync::Arc;

use async_graphql::Context;
use futures_util::future::try_join_all;

use crate::catalog::{model, store};
use crate::graphql::values::RichText;
use crate::graphql::{Ctx, required};
use crate::kernel::{OfferingId, PlanId, Result};
use crate::loader;

use super::access::{may_edit, viewer_access};
use super::offering::visible_offering;
use super::on_sale::on_sale;
use super::taught::description;
use super::{Offering, ViewerAccess};

loader! {
    /// What plans have beyond other offerings.
    ContentsOf: PlanId => model::PlanContents = store::plan_contents
}

/// A membership plan that the caller may see.
#[derive(Clone)]
pub struct MembershipPlan(pub Arc<model::MembershipPlan>);

on_sale! {
    /// Something paid again and again, that opens what it includes for as long as it is paid.
    impl MembershipPlan: Membership {
        /// Open while the caller is a member; `enrollment` is the membership.
        pub async fn viewer_access(&self, ctx: &Context<'_>) -> async_graphql::Result<ViewerAccess> {
            required(viewer_access(ctx, &self.0, false).await)
        }

        /// What it is about; may be empty in a draft.
        async fn description(&self, ctx: &Context<'_>) -> async_graphql::Result<RichText> {
            description(ctx, &self.0).await
        }

        /// What members enjoy beside what they may learn; at most 12 sentences.
        async fn perks(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
            Ok(required(contents(ctx, self.0.id).await)?.perks)
        }

        /// What members may learn, at most 50. Empty when the plan opens every course its creator has published, or nothing:
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

        /// Whether members may learn every course the creator has published, now and later.
        async fn includes_everything(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
            Ok(required(contents(ctx, self.0.id).await)?.included == model::Included::Everything)
        }

        /// How many people are or were members; null for who does not work on it.
        async fn member_count(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<i32>> {
            let shown = required(may_edit(ctx, &self.0).await)?;
            Ok(shown.then_some(self.0.enrollment_count))
        }
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
