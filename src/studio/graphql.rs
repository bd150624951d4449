//! The studio as its team sees it, put together from the parts of several rooms.

use async_graphql::{Context, ID, MergedObject, Object};

use crate::affiliates::graphql::StudioAffiliates;
use crate::catalog;
use crate::catalog::graphql::{StudioOfferings, StudioShares};
use crate::checkout::graphql::StudioOrders;
use crate::coupons::graphql::StudioCoupons;
use crate::creators::actions;
use crate::creators::graphql::{Creator, CreatorById, StudioMembership, TeamPermission, its_creator};
use crate::creators::store;
use crate::creators::{Desk, Membership, Permission};
use crate::graphql::context::id;
use crate::graphql::errors::PublishRequirement;
use crate::graphql::{Ctx, Fallible, field, required};
use crate::kernel::{CreatorId, Denied, Error, PageRequest, Result, StudioId};
use crate::media::graphql::StudioAssets;
use crate::payments::graphql::StudioMoney;
use crate::payouts;
use crate::payouts::graphql::StudioPayouts;
use crate::refunds::graphql::StudioRefunds;
use crate::reports::graphql::StudioReports;
use crate::workshops::graphql::StudioSeats;

use super::model::{self, Progress};

mod events;

pub use events::{AssetChanged, RefundRequested, SaleMade, SeatTaken, StudioEvent, StudioSubscription};

/// The private workspace of a creator. Each part asks the member for the permission it needs.
#[derive(Clone, MergedObject)]
pub struct Studio(
    pub StudioHome,
    pub StudioAssets,
    pub StudioOfferings,
    pub StudioShares,
    pub StudioCoupons,
    pub StudioOrders,
    pub StudioSeats,
    pub StudioMoney,
    pub StudioPayouts,
    pub StudioRefunds,
    pub StudioAffiliates,
    pub StudioReports,
);

impl Studio {
    /// All parts of the studio this member works in.
    pub fn of(at: Membership) -> Self {
        Self(
            StudioHome(at.clone()),
            StudioAssets(at.clone()),
            StudioOfferings(at.clone()),
            StudioShares(at.clone()),
            StudioCoupons(at.clone()),
            StudioOrders(at.clone()),
            StudioSeats(at.clone()),
            StudioMoney(at.clone()),
            StudioPayouts(at.clone()),
            StudioRefunds(at.clone()),
            StudioAffiliates(at.clone()),
            StudioReports(at),
        )
    }

    /// For the `Node` interface.
    pub async fn id(&self, _: &Context<'_>) -> async_graphql::Result<ID> {
        Ok(StudioId(self.0.0.creator_id().0).to_string().into())
    }
}

/// Who works here, and for whom.
#[derive(Clone)]
pub struct StudioHome(pub Membership);

#[Object]
impl StudioHome {
    /// `stu_…`.
    async fn id(&self) -> ID {
        StudioId(self.0.creator_id().0).to_string().into()
    }

    /// Whose studio.
    async fn creator(&self, ctx: &Context<'_>) -> async_graphql::Result<Creator> {
        required(its_creator(ctx, self.0.creator_id()).await)
    }

    /// What the viewer may do here.
    async fn viewer_permissions(&self) -> Vec<TeamPermission> {
        TeamPermission::of(self.0.role())
    }

    /// The steps to the first sale, done or not.
    async fn onboarding(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<PublishRequirement>> {
        let progress = required(self.progress(ctx).await)?;
        Ok(model::onboarding(progress).into_iter().map(PublishRequirement::from).collect())
    }

    /// Everybody who works here, longest first; at most 100.
    async fn members(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<StudioMembership>> {
        let team = required(store::members(&ctx.app().db, &self.0).await)?;
        Ok(team.into_iter().map(StudioMembership).collect())
    }
}

impl StudioHome {
    async fn progress(&self, ctx: &Context<'_>) -> Result<Progress> {
        let (app, id) = (ctx.app(), self.0.creator_id());
        let creator = ctx.loaders().kept::<CreatorById, _>(id).await?.ok_or(Denied::NotFound)?;
        let filter = catalog::model::ListFilter { creator: Some(id), ..Default::default() };
        let order = catalog::model::ListOrder::Newest;
        let one = PageRequest { first: 1, after: None };
        let taught = catalog::store::public_list(app.db.read(), &filter, order, &one, app.now()).await?;
        Ok(Progress {
            described: !creator.bio_markdown.trim().is_empty(),
            pictured: creator.cover.or(creator.avatar).is_some(),
            teaches: !taught.rows.is_empty(),
            payable: payouts::actions::is_ready(app, id).await?,
        })
    }
}

/// The studio's root field.
#[derive(Default)]
pub struct StudioQuery;

#[Object]
impl StudioQuery {
    /// The private workspace of a creator; null for outsiders.
    async fn studio(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
    ) -> Fallible<Studio> {
        let found = async {
            if ctx.actor().known().is_none() {
                return Ok(None);
            }
            studio(ctx, id(&["creatorId"], &creator_id)?).await
        };
        field(found.await)
    }
}

/// The studio of a creator, if the caller works there.
pub async fn studio(ctx: &Context<'_>, creator: CreatorId) -> Result<Option<Studio>> {
    let Some(viewer) = ctx.actor().known() else { return Ok(None) };
    match actions::membership(ctx.app(), viewer, creator).await {
        Ok(at) => Ok(Some(Studio::of(at))),
        Err(Error::Denied(Denied::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A part's desk: FORBIDDEN with the missing permission for members whose role lacks it.
pub fn desk(at: &Membership, permission: Permission) -> async_graphql::Result<Desk> {
    required(at.desk(permission).map_err(Error::from))
}
