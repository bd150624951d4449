//! What a person has of recommending, and a creator of those who recommend them.

use async_graphql::{Context, Object};

use crate::affiliates::store;
use crate::creators::{Membership, Permission};
use crate::graphql::connection::connect;
use crate::graphql::values::Money;
use crate::graphql::{Ctx, Fallible, Url, field, page_request, required};
use crate::kernel::UserId;
use crate::studio::graphql::desk;

use super::{
    Affiliate, AffiliateConnection, AffiliateLink, AffiliateLinkConnection, AffiliateState, Commission,
    CommissionConnection, CommissionState,
};

/// Affiliates' part of the viewer.
#[derive(Clone)]
pub struct ViewerAffiliate(pub UserId);

#[Object]
impl ViewerAffiliate {
    /// Links and commissions; null for who recommends nobody.
    async fn affiliate(&self, ctx: &Context<'_>) -> Fallible<AffiliateAccount> {
        let recommends = store::of_user(ctx.app().db.read(), self.0).await;
        field(recommends.map(|recommends| recommends.then_some(AffiliateAccount(self.0))))
    }
}

/// What a person has of recommending.
pub struct AffiliateAccount(UserId);

/// What a person has of recommending creators, with all of them together.
#[Object]
impl AffiliateAccount {
    /// Links, newest first.
    async fn links(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<AffiliateLinkConnection> {
        let list = "viewer.affiliate.links";
        let page = required(page_request(ctx, list, first, after))?;
        let found = required(store::links_of(ctx.app().db.read(), self.0, &page).await)?;
        Ok(connect(ctx, list, found, |link| vec![link.id.to_string()], AffiliateLink))
    }

    /// Commissions, newest first.
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these; all if absent.")] state: Option<CommissionState>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<CommissionConnection> {
        let list = format!("viewer.affiliate.commissions:{state:?}");
        let page = required(page_request(ctx, &list, first, after))?;
        let found = store::commissions_of(&ctx.app().db, self.0, state.map(Into::into), &page).await;
        Ok(connect(ctx, &list, required(found)?, |one| vec![one.id.to_string()], Commission))
    }

    /// Earned and not yet sent, an amount for each currency.
    async fn balance(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Money>> {
        let held = required(store::balance(&ctx.app().db, self.0).await)?;
        Ok(held.into_iter().map(Money::from).collect())
    }

    /// Leads to this installation's front page; tells friends of it, and nothing is paid for it.
    async fn referral_url(&self, ctx: &Context<'_>) -> Url {
        ctx.app().link(&format!("/r/{}", self.0)).into()
    }
}

/// Affiliates' part of the studio.
#[derive(Clone)]
pub struct StudioAffiliates(pub Membership);

#[Object]
impl StudioAffiliates {
    /// Who recommends this creator or wants to, latest application first. Needs MARKETING.
    async fn affiliates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these; all if absent.")] state: Option<AffiliateState>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<AffiliateConnection> {
        let desk = desk(&self.0, Permission::Marketing)?;
        let list = format!("studio.affiliates:{state:?}");
        let page = required(page_request(ctx, &list, first, after))?;
        let app = ctx.app();
        let found = store::of_studio(app.db.read(), desk.creator_id, state.map(Into::into), &page).await;
        Ok(connect(ctx, &list, required(found)?, |one| vec![one.id.to_string()], Affiliate))
    }
}
