//! Programs, affiliates, links and commissions.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::affiliates::model::{self, Brought};
use crate::affiliates::{actions, store};
use crate::catalog::graphql::Offering;
use crate::creators::Permission;
use crate::creators::graphql::{Creator, CreatorById, RoleIn, its_creator};
use crate::graphql::values::{Money, RichText};
use crate::graphql::{Ctx, Fallible, Url, field, required};
use crate::identity::graphql::{User, user};
use crate::kernel::{
    self, AffiliateId, AffiliateLinkId, CommissionId, CreatorId, Denied, OfferingId, Result,
};
use crate::{connection, loader};

use super::{AffiliateState, AttributionModel, CommissionState};

connection!(AffiliateConnection, AffiliateEdge, Affiliate, "affiliates");
connection!(AffiliateLinkConnection, AffiliateLinkEdge, AffiliateLink, "links");
connection!(CommissionConnection, CommissionEdge, Commission, "commissions");

loader! {
    /// Programs by creator, open or not.
    ProgramOf: CreatorId => model::Program = store::programs
}

loader! {
    /// Affiliates by key, whoever may see them.
    AffiliateById: AffiliateId => model::Affiliate = store::by_ids
}

loader! {
    /// What links have brought.
    BroughtByLink: AffiliateLinkId => Brought = store::brought_by_links
}

loader! {
    /// What affiliates have brought.
    BroughtBy: AffiliateId => Brought = store::brought_by_affiliates
}

/// Affiliates' part of a creator.
#[derive(Clone)]
pub struct CreatorAffiliates(pub CreatorId);

#[Object]
impl CreatorAffiliates {
    /// What this creator offers to whoever recommends them; null if nothing.
    async fn affiliate_program(&self, ctx: &Context<'_>) -> Fallible<AffiliateProgram> {
        let found = ctx.loaders().load::<ProgramOf, _>(self.0).await;
        field(found.map(|found| found.map(AffiliateProgram)))
    }
}

/// What a creator offers to whoever recommends them.
pub struct AffiliateProgram(pub model::Program);

/// What a creator offers to whoever recommends them.
#[Object]
impl AffiliateProgram {
    /// Whether people may apply and links earn.
    async fn is_open(&self) -> bool {
        self.0.is_open
    }

    /// Of a sale after tax and platform fee: 1000 is a tenth.
    async fn commission_basis_points(&self) -> i32 {
        self.0.commission_basis_points
    }

    /// How many days after a click a purchase still counts.
    async fn attribution_days(&self) -> i32 {
        self.0.attribution_days
    }

    /// Which of several clicks earns.
    async fn model(&self) -> AttributionModel {
        self.0.model.into()
    }

    /// What affiliates agree to; may be empty.
    async fn terms(&self) -> RichText {
        RichText(self.0.terms.clone())
    }
}

/// Somebody who recommends a creator.
#[derive(Clone)]
pub struct Affiliate(pub model::Affiliate);

impl Affiliate {
    async fn brought(&self, ctx: &Context<'_>, part: fn(Brought) -> i64) -> Result<Money> {
        let brought = ctx.loaders().load::<BroughtBy, _>(self.0.id).await?.unwrap_or_default();
        money(ctx, self.0.creator, part(brought)).await
    }
}

/// In the currency a creator's prices default to, the one that totals are in.
async fn money(ctx: &Context<'_>, creator: CreatorId, minor: i64) -> Result<Money> {
    let creator = ctx.loaders().kept::<CreatorById, _>(creator).await?.ok_or(Denied::NotFound)?;
    Ok(kernel::Money::new(minor, creator.currency).into())
}

/// Somebody who recommends a creator. Seen by themselves, and by the creator's team with MARKETING.
#[Object]
impl Affiliate {
    /// `aff_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Who.
    async fn user(&self, ctx: &Context<'_>) -> async_graphql::Result<User> {
        let found = user(ctx, self.0.user).await;
        required(found.and_then(|user| Ok(user.ok_or(Denied::NotFound)?)))
    }

    /// Whom they recommend.
    async fn creator(&self, ctx: &Context<'_>) -> async_graphql::Result<Creator> {
        required(its_creator(ctx, self.0.creator).await)
    }

    /// How they stand.
    async fn state(&self) -> AffiliateState {
        self.0.state.into()
    }

    /// What they said when they applied; may be empty.
    async fn pitch(&self) -> &str {
        &self.0.pitch
    }

    /// What they earn of a sale after tax and platform fee, as it was when they were let in.
    async fn commission_basis_points(&self) -> i32 {
        self.0.commission_basis_points
    }

    /// What they have sold, in the creator's currency.
    async fn sales_total(&self, ctx: &Context<'_>) -> async_graphql::Result<Money> {
        required(self.brought(ctx, |brought| brought.sales_minor).await)
    }

    /// What they have earned by it, less what was given back, in the creator's currency.
    async fn commission_total(&self, ctx: &Context<'_>) -> async_graphql::Result<Money> {
        required(self.brought(ctx, |brought| brought.earned_minor).await)
    }
}

/// A link an affiliate passes on.
#[derive(Clone)]
pub struct AffiliateLink(pub model::Link);

/// A link an affiliate passes on. Seen by its affiliate alone.
#[Object]
impl AffiliateLink {
    /// `afl_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What to pass on.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        ctx.app().link(&self.0.path()).into()
    }

    /// What names it in the address; `QuoteInput.affiliateToken` takes it too.
    async fn token(&self) -> &str {
        &self.0.token
    }

    /// What its affiliate calls it.
    async fn campaign(&self) -> Option<&str> {
        self.0.campaign.as_deref()
    }

    /// Where it leads; null: to the creator's page.
    async fn offering(&self, ctx: &Context<'_>) -> Fallible<Offering> {
        let offering = self.0.offering?;
        field(crate::catalog::graphql::offering(ctx, OfferingId(offering)).await)
    }

    /// How often it was followed; machines and repeated clicks from one place are left out.
    async fn click_count(&self) -> i32 {
        self.0.click_count
    }

    /// Paid orders it has brought.
    async fn order_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let brought = required(ctx.loaders().load::<BroughtByLink, _>(self.0.id).await)?;
        Ok(brought.unwrap_or_default().orders)
    }

    /// What it has earned, less what was given back, in the creator's currency.
    async fn earned(&self, ctx: &Context<'_>) -> async_graphql::Result<Money> {
        let earned = async {
            let affiliate = ctx.loaders().load::<AffiliateById, _>(self.0.affiliate).await?;
            let brought = ctx.loaders().load::<BroughtByLink, _>(self.0.id).await?.unwrap_or_default();
            money(ctx, affiliate.ok_or(Denied::NotFound)?.creator, brought.earned_minor).await
        };
        required(earned.await)
    }

    /// Always true: whoever passes it on must say that they earn by it.
    async fn requires_disclosure(&self) -> bool {
        true
    }

    /// Whether it earns; false once it was disabled.
    async fn is_active(&self) -> bool {
        self.0.is_active()
    }
}

/// An affiliate's part of a sale.
#[derive(Clone)]
pub struct Commission(pub model::Commission);

/// An affiliate's part of a sale. Seen by its affiliate alone; says nothing of who bought.
#[Object]
impl Commission {
    /// `com_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// As it was agreed; parts that were given back are in the balance and the totals.
    async fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// How it stands.
    async fn state(&self) -> CommissionState {
        self.0.state.into()
    }

    /// What was sold, as it was called then.
    async fn offering_title(&self) -> &str {
        &self.0.title
    }

    /// When the buyer paid.
    async fn earned_at(&self) -> DateTime<Utc> {
        self.0.earned_at
    }

    /// When the buyer can no longer ask for the money back; null once it was given back.
    async fn payable_at(&self) -> Option<DateTime<Utc>> {
        (self.0.state != model::CommissionState::Reversed).then_some(self.0.payable_at)
    }
}

/// An affiliate by id: for themselves, and for the creator's team with MARKETING.
pub async fn affiliate(ctx: &Context<'_>, id: AffiliateId) -> Result<Option<Affiliate>> {
    let Some(viewer) = ctx.actor().user_id() else { return Ok(None) };
    let Some(found) = ctx.loaders().load::<AffiliateById, _>(id).await? else { return Ok(None) };
    let role = ctx.loaders().load::<RoleIn, _>((viewer, found.creator)).await?;
    let may = found.user == viewer || role.is_some_and(|role| role.may(Permission::Marketing));
    Ok(may.then_some(Affiliate(found)))
}

/// The caller's own link by id.
pub async fn link(ctx: &Context<'_>, id: AffiliateLinkId) -> Result<Option<AffiliateLink>> {
    let Some(viewer) = ctx.actor().user_id() else { return Ok(None) };
    Ok(actions::own_link(ctx.app(), viewer, id).await?.map(|(link, _)| AffiliateLink(link)))
}

/// The caller's own commission by id.
pub async fn commission(ctx: &Context<'_>, id: CommissionId) -> Result<Option<Commission>> {
    let Some(viewer) = ctx.actor().user_id() else { return Ok(None) };
    Ok(store::commissions_by_id(&ctx.app().db, viewer, id).await?.map(Commission))
}
