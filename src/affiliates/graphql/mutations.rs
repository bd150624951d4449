//! Offering a program, asking to be let in, letting in, and links.

use async_graphql::{Context, ID, Object};

use crate::affiliates::actions::{self, LinkWish};
use crate::creators::{Permission, desk};
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, answer, context::id};
use crate::kernel::{CreatorId, OfferingId};
use crate::payload;

use super::{
    Affiliate, AffiliateLink, AffiliateLinkInput, AffiliateProgram, AffiliateProgramInput, affiliate, link,
};

payload! {
    /// Answer of `affiliateProgramUpdate`.
    AffiliateProgramUpdatePayload {
        /// As it is now.
        program: AffiliateProgram,
    }
}

payload! {
    /// Answer of `affiliateDecide`.
    AffiliateDecidePayload {
        /// As they stand now.
        affiliate: Affiliate,
    }
}

payload! {
    /// Answer of `affiliateApply`.
    AffiliateApplyPayload {
        /// The application.
        affiliate: Affiliate,
    }
}

payload! {
    /// Answer of `affiliateLinkCreate`.
    AffiliateLinkCreatePayload {
        /// The new link.
        link: AffiliateLink,
    }
}

payload! {
    /// Answer of `affiliateLinkDisable`.
    AffiliateLinkDisablePayload {
        /// The link, which earns no more.
        link: AffiliateLink,
    }
}

/// Affiliates' mutations.
#[derive(Default)]
pub struct AffiliateMutation;

#[Object]
impl AffiliateMutation {
    /// Says what a creator offers to whoever recommends them. Needs MARKETING.
    async fn affiliate_program_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "What changes.")] input: AffiliateProgramInput,
    ) -> Fallible<AffiliateProgramUpdatePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let creator: CreatorId = id(&["creatorId"], &creator_id)?;
            let desk = desk(ctx.app(), viewer, creator, Permission::Marketing).await;
            actions::update_program(ctx.app(), &desk.missing_at(&["creatorId"])?, &input.into()).await
        };
        answer(done.await.map(|program| AffiliateProgramUpdatePayload {
            program: Some(AffiliateProgram(program)),
            user_errors: Vec::new(),
        }))
    }

    /// Lets somebody in, or not, or not any more; they get a letter. What they earned before stays theirs. Needs
    /// MARKETING.
    async fn affiliate_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`aff_…`.")] partnership_id: ID,
        #[graphql(desc = "Whether their links earn.")] approve: bool,
    ) -> Fallible<AffiliateDecidePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let which = id(&["partnershipId"], &partnership_id)?;
            let decided = actions::decide(ctx.app(), viewer, which, approve).await;
            affiliate(ctx, decided.missing_at(&["partnershipId"])?).await
        };
        answer(done.await.map(|affiliate| AffiliateDecidePayload { affiliate, user_errors: Vec::new() }))
    }

    /// Asks a creator to be let in. Whoever earns needs a creator profile of their own, which is what gets paid.
    async fn affiliate_apply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to recommend.")] creator_id: ID,
        #[graphql(desc = "Why; at most 2,000 characters.")] pitch: Option<String>,
    ) -> Fallible<AffiliateApplyPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let creator = id(&["creatorId"], &creator_id)?;
            let pitch = pitch.unwrap_or_default();
            let applied = actions::apply(ctx.app(), viewer, creator, &pitch).await;
            affiliate(ctx, applied.missing_at(&["creatorId"])?).await
        };
        answer(done.await.map(|affiliate| AffiliateApplyPayload { affiliate, user_errors: Vec::new() }))
    }

    /// Makes a link to pass on; for who was let in.
    async fn affiliate_link_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where it leads.")] input: AffiliateLinkInput,
    ) -> Fallible<AffiliateLinkCreatePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let offering = input.offering_id.as_ref();
            let wish = LinkWish {
                creator: id(&["input", "creatorId"], &input.creator_id)?,
                offering: offering
                    .map(|given| id::<OfferingId>(&["input", "offeringId"], given))
                    .transpose()?,
                campaign: input.campaign.clone(),
            };
            let made = actions::create_link(ctx.app(), viewer, &wish).await;
            link(ctx, made.missing_at(&["input", "creatorId"])?).await
        };
        answer(done.await.map(|link| AffiliateLinkCreatePayload { link, user_errors: Vec::new() }))
    }

    /// Makes a link of one's own earn no more; it leads on where it led.
    async fn affiliate_link_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] link_id: ID,
    ) -> Fallible<AffiliateLinkDisablePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let which = id(&["id"], &link_id)?;
            let disabled = actions::disable_link(ctx.app(), viewer, which).await;
            link(ctx, disabled.missing_at(&["id"])?).await
        };
        answer(done.await.map(|link| AffiliateLinkDisablePayload { link, user_errors: Vec::new() }))
    }
}
