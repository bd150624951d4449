//! Whether the caller may see an offering at all, and why it or one of its lessons is open or closed to them.
//!
//! Public offerings cost no statement to decide for strangers. `enrollment` decides about what is inside.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use crate::catalog::model;
use crate::creators::{Permission, graphql::RoleIn};
use crate::enrollment::access::{self, Access, Facts};
use crate::enrollment::graphql::{AccessState, Enrollment, EnrollmentOfPair};
use crate::enrollment::model::Enrollment as Right;
use crate::graphql::{Ctx, Rows, required};
use crate::kernel::{CreatorId, OfferingId, PublicId, Result};
use crate::workshops::graphql::has_seat;

use super::bundle::item_ids;
use super::{Price, prices_of};

/// What the caller is to an offering.
struct Standing {
    on_team: bool,
    right: Option<Right>,
}

impl Standing {
    async fn of(ctx: &Context<'_>, offering: &model::Offering) -> Result<Self> {
        let Some(user) = ctx.actor().user_id() else { return Ok(Self { on_team: false, right: None }) };
        let loaders = ctx.loaders();
        let (role, right) = futures_util::future::try_join(
            loaders.load::<RoleIn, _>((user, offering.creator)),
            loaders.load::<EnrollmentOfPair, _>((user, offering.id.uuid())),
        )
        .await?;
        Ok(Self { on_team: role.is_some_and(|role| role.may(Permission::Catalog)), right })
    }
}

/// Whether the caller may see this offering: anybody if it is public, its team always, and who has it even when it is
/// no longer offered, unless the platform has closed it.
pub(super) async fn may_see(ctx: &Context<'_>, offering: &model::Offering) -> Result<bool> {
    if offering.is_public() {
        return Ok(true);
    }
    let standing = Standing::of(ctx, offering).await?;
    let now = ctx.app().now();
    let holds = standing.right.is_some_and(|right| right.may_learn_at(now));
    if standing.on_team || offering.status == model::OfferingStatus::TakenDown {
        return Ok(standing.on_team);
    }
    // A seat is no right to learn, but what one has a seat at, and the recording of it, is found on its page.
    let is_workshop = offering.kind == model::OfferingKind::Workshop;
    Ok(holds || (is_workshop && has_seat(ctx, offering.id).await?))
}

/// Whether the caller works on this offering.
pub(super) async fn may_edit(ctx: &Context<'_>, offering: &model::Offering) -> Result<bool> {
    Ok(Standing::of(ctx, offering).await?.on_team)
}

/// The decision about an offering (`is_preview` false) or one of its lessons, with what it rests on.
async fn decide(
    ctx: &Context<'_>,
    offering: &model::Offering,
    is_preview: bool,
) -> Result<(Access, Standing)> {
    let standing = Standing::of(ctx, offering).await?;
    let signed_in = ctx.actor().known().is_some();
    let Standing { on_team, right } = &standing;
    let facts = Facts { signed_in, on_team: *on_team, is_preview, enrollment: right.as_ref() };
    Ok((access::access(&facts, ctx.app().now()), standing))
}

/// Proof that the caller may read what a lesson teaches with. Made only here.
pub(super) struct Inside {
    /// Whether they work on the course.
    pub on_team: bool,
}

impl Inside {
    /// The proof, or nothing while the lesson is closed to the caller.
    pub(super) async fn of(
        ctx: &Context<'_>,
        offering: &model::Offering,
        is_preview: bool,
    ) -> Result<Option<Self>> {
        let (decided, standing) = decide(ctx, offering, is_preview).await?;
        Ok(decided.state.is_open().then_some(Self { on_team: standing.on_team }))
    }
}

/// The caller's access to an offering or one of its lessons.
pub struct ViewerAccess {
    decided: Access,
    right: Option<Right>,
    /// On sale, and not open by right.
    for_sale: Option<(CreatorId, OfferingId)>,
}

/// Why something is open or closed to the caller, and what would open it.
#[Object]
impl ViewerAccess {
    /// Open, or what stands in the way.
    async fn state(&self) -> AccessState {
        self.decided.state.into()
    }

    /// When it closes again; null = never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.decided.expires_at
    }

    /// The caller's right to it, in whatever state.
    async fn enrollment(&self) -> Option<Enrollment> {
        self.right.clone().map(Enrollment::of)
    }

    /// Prices that would open it; empty when it is open by right, or not on sale. At most 5.
    async fn offers(&self, ctx: &Context<'_>) -> async_graphql::Result<Rows<Price>> {
        match self.for_sale {
            Some(offering) => required(prices_of(ctx, offering).await),
            None => Ok(Rows(Vec::new())),
        }
    }
}

/// Why an offering or one of its lessons is open or closed to the caller.
pub(super) async fn viewer_access(
    ctx: &Context<'_>,
    offering: &model::Offering,
    is_preview: bool,
) -> Result<ViewerAccess> {
    let (decided, standing) = decide(ctx, offering, is_preview).await?;
    let for_sale = decided.state != access::AccessState::Open && offering.is_public();
    Ok(ViewerAccess {
        decided,
        right: standing.right,
        for_sale: for_sale.then_some((offering.creator, offering.id)),
    })
}

/// Why a bundle is open or closed to the caller: open when each of its items is theirs.
pub(super) async fn bundle_access(ctx: &Context<'_>, bundle: &model::Bundle) -> Result<ViewerAccess> {
    let (mut decided, standing) = decide(ctx, bundle, false).await?;
    if let (Some(user), false) = (ctx.actor().user_id(), standing.on_team) {
        let items = item_ids(ctx, bundle.id).await?;
        let load = |item: &OfferingId| ctx.loaders().load::<EnrollmentOfPair, _>((user, item.uuid()));
        let rights = futures_util::future::try_join_all(items.iter().map(load)).await?;
        let now = ctx.app().now();
        let held: Vec<Right> = rights.into_iter().flatten().filter(|right| right.may_learn_at(now)).collect();
        if !items.is_empty() && held.len() == items.len() {
            decided.state = access::AccessState::Open;
            decided.expires_at = held.iter().filter_map(|right| right.access_ends_at).min();
        }
    }
    let for_sale = decided.state != access::AccessState::Open && bundle.is_public();
    Ok(ViewerAccess {
        decided,
        right: None,
        for_sale: for_sale.then_some((bundle.creator, bundle.offering.id)),
    })
}
