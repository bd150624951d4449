//! Sharing what an offering earns, as both sides see it: the owner all parts of an offering, a payee their own.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};

use crate::catalog::model::{self, Part, PartState, Wish};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::{actions, store};
use crate::creators::graphql::{Creator, CreatorBy, RoleIn, its_creator};
use crate::creators::model::handle;
use crate::creators::{Membership, Permission, store as creators};
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, answer, context::id, field, required};
use crate::kernel::text::Checks;
use crate::kernel::{CreatorId, Denied, Error, OfferingId, Refusal, Result};
use crate::studio::graphql::desk;
use crate::{loader, payload};

use super::offering::OfferingById;
use super::{Offering, offering};

loader! {
    /// The parts of offerings, whoever may see them.
    PartsOf: OfferingId => Vec<Part> = store::parts_of
}

payload! {
    /// Answer of `offeringSplitSet`.
    OfferingSplitSetPayload {
        /// The offering; its `split` shows who has yet to accept.
        offering: Offering,
    }
}

payload! {
    /// Answer of `offeringSplitAccept`.
    OfferingSplitAcceptPayload {
        /// The part as it counts now.
        share: OfferingShare,
    }
}

payload! {
    /// Answer of `offeringSplitDecline`.
    OfferingSplitDeclinePayload {
        /// The part, which counts no more.
        share: OfferingShare,
    }
}

/// A part of what an offering earns, for another creator.
#[derive(Clone, Debug, InputObject)]
pub struct SplitInput {
    /// Who gets it: a creator whose page is open, not the offering's own.
    pub payee: CreatorBy,
    /// Of what is left of a sale after tax, platform fee and affiliate's commission: 2500 is a quarter.
    pub basis_points: i32,
}

/// Mutations on who shares.
#[derive(Default)]
pub struct SplitMutation;

#[Object]
impl SplitMutation {
    /// Says who shares in what a course or workshop earns, from the next sale on; at most 10, and whoever is left out gets
    /// nothing more. New and changed parts count once their payee has accepted them. Needs FINANCE.
    async fn offering_split_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what.")] offering_id: ID,
        #[graphql(desc = "All parts; what they leave is the creator's.")] shares: Vec<SplitInput>,
    ) -> Fallible<OfferingSplitSetPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let which: OfferingId = id(&["offeringId"], &offering_id)?;
            let wishes = wishes(ctx, &shares).await?;
            actions::set_split(ctx.app(), viewer, which, &wishes).await.missing_at(&["offeringId"])?;
            Ok(Some(offering(ctx, which).await?.ok_or(Denied::NotFound)?))
        };
        answer(done.await.map(|offering| OfferingSplitSetPayload { offering, user_errors: Vec::new() }))
    }

    /// Takes a part that was offered; it counts from the next sale on. Needs FINANCE in the payee's studio.
    async fn offering_split_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what.")] offering_id: ID,
        #[graphql(desc = "For which creator: the one it was offered to.")] creator_id: ID,
    ) -> Fallible<OfferingSplitAcceptPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let (offering, payee) = named(&offering_id, &creator_id)?;
            actions::accept_split(ctx.app(), viewer, offering, payee).await.missing_at(&["offeringId"])
        };
        answer(done.await.map(|part| OfferingSplitAcceptPayload {
            share: Some(OfferingShare(part)),
            user_errors: Vec::new(),
        }))
    }

    /// Wants no part, or no part any more, from the next sale on. Needs FINANCE in the payee's studio.
    async fn offering_split_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what.")] offering_id: ID,
        #[graphql(desc = "For which creator: the one it was offered to.")] creator_id: ID,
    ) -> Fallible<OfferingSplitDeclinePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let (offering, payee) = named(&offering_id, &creator_id)?;
            actions::decline_split(ctx.app(), viewer, offering, payee).await.missing_at(&["offeringId"])
        };
        answer(done.await.map(|part| OfferingSplitDeclinePayload {
            share: Some(OfferingShare(part)),
            user_errors: Vec::new(),
        }))
    }
}

fn named(offering: &ID, creator: &ID) -> Result<(OfferingId, CreatorId)> {
    Ok((id(&["offeringId"], offering)?, id(&["creatorId"], creator)?))
}

/// The wishes with creators by id, whatever they were named by.
async fn wishes(ctx: &Context<'_>, shares: &[SplitInput]) -> Result<Vec<Wish>> {
    let mut checks = Checks::default();
    let mut wishes = Vec::new();
    // More than may be given are refused later; nobody needs to look them up.
    for (at, share) in shares.iter().enumerate().take(model::MOST_PAYEES + 1) {
        match payee(ctx, &share.payee).await {
            Ok(payee) => {
                // What is out of range stays so.
                let basis_points = u32::try_from(share.basis_points).unwrap_or(0);
                wishes.push(Wish { payee, basis_points });
            }
            Err(Error::Refused(problems)) => {
                let at = at.to_string();
                let under =
                    |problem: crate::kernel::Problem| problem.under("payee").under(&at).under("shares");
                problems.into_vec().into_iter().for_each(|problem| checks.add(under(problem)));
            }
            Err(error) => return Err(error),
        }
    }
    checks.done()?;
    Ok(wishes)
}

async fn payee(ctx: &Context<'_>, by: &CreatorBy) -> Result<CreatorId> {
    match by {
        CreatorBy::Id(given) => id(&["id"], given),
        CreatorBy::Handle(given) => {
            let found = match handle(given) {
                Ok(handle) => creators::by_handle(ctx.app().db.read(), &handle).await?,
                Err(_) => None,
            };
            Ok(found.ok_or_else(|| CatalogRefusal::PayeeUnknown.at(["handle"]))?.id)
        }
    }
}

/// A part of what an offering earns.
#[derive(Clone)]
pub struct OfferingShare(pub Part);

/// Another creator's part of what an offering earns.
#[Object]
impl OfferingShare {
    /// Who gets it.
    async fn payee(&self, ctx: &Context<'_>) -> async_graphql::Result<Creator> {
        required(its_creator(ctx, self.0.payee).await)
    }

    /// Of what; null while the caller may not see it, such as a draft of another creator.
    async fn offering(&self, ctx: &Context<'_>) -> Fallible<Offering> {
        field(offering(ctx, self.0.offering).await)
    }

    /// What it is called, also while it is a draft.
    async fn offering_title(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let found = required(ctx.loaders().kept::<OfferingById, _>(self.0.offering).await)?;
        Ok(found.map(|offering| offering.title.clone()).unwrap_or_default())
    }

    /// What the owner offers, of what is left of a sale after tax, platform fee and affiliate's commission.
    async fn basis_points(&self) -> i32 {
        points(self.0.offered)
    }

    /// What counts at the next sale: what the payee has accepted; null if nothing.
    async fn accepted_basis_points(&self) -> Option<i32> {
        self.0.accepted.map(points)
    }

    /// How the offer stands.
    async fn state(&self) -> SplitState {
        self.0.state.into()
    }

    /// When it was made.
    async fn invited_at(&self) -> DateTime<Utc> {
        self.0.invited_at
    }
}

/// At most 10,000.
fn points(points: u32) -> i32 {
    i32::try_from(points).unwrap_or(i32::MAX)
}

/// How an offer of a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "PartState")]
pub enum SplitState {
    /// Waiting for the payee.
    Invited,
    /// It counts.
    Accepted,
    /// The payee wants no part.
    Declined,
}

/// The parts of a course or workshop, for its creator's team with FINANCE.
pub(super) async fn split_of(
    ctx: &Context<'_>,
    taught: &model::Offering,
) -> Result<Option<Vec<OfferingShare>>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    let role = ctx.loaders().load::<RoleIn, _>((user, taught.creator)).await?;
    if !role.is_some_and(|role| role.may(Permission::Finance)) {
        return Ok(None);
    }
    let parts = ctx.loaders().load::<PartsOf, _>(taught.id).await?.unwrap_or_default();
    Ok(Some(parts.into_iter().map(OfferingShare).collect()))
}

/// The catalog's part of a payee's studio.
#[derive(Clone)]
pub struct StudioShares(pub Membership);

#[Object]
impl StudioShares {
    /// Parts of other creators' offerings, offered to this one or accepted, latest first; at most 100. Needs FINANCE.
    async fn shared_offerings(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OfferingShare>> {
        let desk = desk(&self.0, Permission::Finance)?;
        let parts = required(store::parts_for(ctx.app().db.read(), desk.creator_id).await)?;
        Ok(parts.into_iter().map(OfferingShare).collect())
    }
}
