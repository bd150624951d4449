//! Coupons as a creator's team sees them. Nobody else does.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, OneofObject};
use chrono::{DateTime, Utc};

use crate::catalog::graphql::{Offering, any_offering};
use crate::creators::{Membership, Permission};
use crate::graphql::connection::connect;
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::values::{Money, MoneyInput, cleared, money, to_the_microsecond};
use crate::graphql::{Ctx, Fallible, answer, page_request, required};
use crate::kernel::{CouponId, Denied, Error, OfferingId, Result};
use crate::studio::graphql::desk;
use crate::{connection, loader, payload};

use super::model::{self, Discount, Limits, NewCoupon, NewDiscount};
use super::{actions, store};

connection!(CouponConnection, CouponEdge, Coupon, "coupons");

loader! {
    /// What coupons are limited to; absent = everything.
    ScopeOf: CouponId => Vec<OfferingId> = store::scopes
}

payload! {
    /// Answer of `couponCreate`.
    CouponCreatePayload {
        /// The new coupon.
        coupon: Coupon,
    }
}

payload! {
    /// Answer of `couponUpdate`.
    CouponUpdatePayload {
        /// The coupon, changed.
        coupon: Coupon,
    }
}

payload! {
    /// Answer of `couponDisable`.
    CouponDisablePayload {
        /// The coupon, switched off.
        coupon: Coupon,
    }
}

/// What a coupon takes off.
#[derive(Clone, Debug, OneofObject)]
pub enum DiscountInput {
    /// A part of the price: 2500 is a quarter, 10000 all of it.
    PercentOffBasisPoints(i32),
    /// An amount, off all it applies to together; works for prices in this currency.
    AmountOff(MoneyInput),
}

/// A new coupon.
#[derive(Clone, Debug, InputObject)]
pub struct CouponInput {
    /// 3 to 40 letters, digits, hyphens or underscores; case does not matter.
    pub code: String,
    /// What it takes off.
    pub discount: DiscountInput,
    /// How often it may be used; without end if absent.
    pub max_redemptions: Option<i32>,
    /// How often one customer may use it; without end if absent.
    pub per_customer_limit: Option<i32>,
    /// Good from then on; at once if absent.
    pub starts_at: Option<DateTime<Utc>>,
    /// Good until then; without end if absent.
    pub ends_at: Option<DateTime<Utc>>,
    /// What it is for, at most 100; everything if absent or empty.
    pub offering_ids: Option<Vec<ID>>,
}

/// What of a coupon may change. Absent = keep, null = without end, or for everything.
#[derive(Clone, Debug, InputObject)]
pub struct CouponUpdateInput {
    /// How often it may be used; not below what it was used already.
    pub max_redemptions: MaybeUndefined<i32>,
    /// Good until then.
    pub ends_at: MaybeUndefined<DateTime<Utc>>,
    /// What it is for, at most 100.
    pub offering_ids: MaybeUndefined<Vec<ID>>,
}

fn offerings(given: &[ID]) -> Result<Vec<OfferingId>> {
    let one = |(at, given): (usize, &ID)| id(&["input", "offeringIds", &at.to_string()], given);
    given.iter().enumerate().map(one).collect()
}

impl CouponInput {
    fn read(self) -> Result<NewCoupon> {
        let discount = match self.discount {
            DiscountInput::PercentOffBasisPoints(points) => NewDiscount::Percent(points),
            DiscountInput::AmountOff(off) => {
                NewDiscount::Amount(money(&["input", "discount", "amountOff"], &off)?)
            }
        };
        let limits = Limits {
            max_redemptions: Some(self.max_redemptions),
            ends_at: Some(self.ends_at.map(to_the_microsecond)),
            offerings: self.offering_ids.as_deref().map(offerings).transpose()?,
        };
        let starts_at = self.starts_at.map(to_the_microsecond);
        let per_customer_limit = self.per_customer_limit;
        Ok(NewCoupon { code: self.code, discount, limits, per_customer_limit, starts_at })
    }
}

impl CouponUpdateInput {
    fn read(self) -> Result<Limits> {
        let scope = cleared(self.offering_ids).map(Option::unwrap_or_default);
        Ok(Limits {
            max_redemptions: cleared(self.max_redemptions),
            ends_at: cleared(self.ends_at).map(|end| end.map(to_the_microsecond)),
            offerings: scope.as_deref().map(offerings).transpose()?,
        })
    }
}

/// A code that takes something off.
#[derive(Clone)]
pub struct Coupon(pub model::Coupon);

/// A code that takes something off. For the team alone.
#[Object]
impl Coupon {
    /// `cpn_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// As its creator wrote it; buyers may write it in any case.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The part of the price it takes off; null where it is an amount.
    async fn percent_off_basis_points(&self) -> Option<i32> {
        match self.0.discount {
            Discount::Percent(points) => i32::try_from(points).ok(),
            Discount::Amount(_) => None,
        }
    }

    /// The amount it takes off; null where it is a part.
    async fn amount_off(&self) -> Option<Money> {
        match self.0.discount {
            Discount::Percent(_) => None,
            Discount::Amount(off) => Some(off.into()),
        }
    }

    /// How often it may be used; null = without end.
    async fn max_redemptions(&self) -> Option<i32> {
        self.0.max_redemptions
    }

    /// How often it was used, purchases under way included.
    async fn redemption_count(&self) -> i32 {
        self.0.redemption_count
    }

    /// How often one customer may use it; null = without end.
    async fn per_customer_limit(&self) -> Option<i32> {
        self.0.per_customer_limit
    }

    /// Good from then on; null = from the beginning.
    async fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.0.starts_at
    }

    /// Good until then; null = without end.
    async fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.ends_at
    }

    /// What it is for; empty = everything.
    async fn applies_to(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Offering>> {
        let found = async {
            let scope = ctx.loaders().load::<ScopeOf, _>(self.0.id).await?.unwrap_or_default();
            let each = scope.into_iter().map(|offering| any_offering(ctx, offering));
            futures_util::future::try_join_all(each).await
        };
        required(found.await)
    }

    /// Whether it can be used now.
    async fn is_active(&self, ctx: &Context<'_>) -> bool {
        self.0.closed_at(ctx.app().now()).is_none()
    }
}

/// Coupons' mutations.
#[derive(Default)]
pub struct CouponsMutation;

#[Object]
impl CouponsMutation {
    /// Makes a coupon. Needs MARKETING.
    async fn coupon_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] creator_id: ID,
        #[graphql(desc = "Its code, discount and limits.")] input: CouponInput,
    ) -> Fallible<CouponCreatePayload> {
        let made = async {
            let viewer = ctx.viewer()?;
            let creator = id(&["creatorId"], &creator_id)?;
            let made = actions::create(ctx.app(), viewer, creator, input.read()?).await;
            the_coupon(ctx, made.missing_at(&["creatorId"])?).await
        };
        answer(made.await.map(|coupon| CouponCreatePayload { coupon, user_errors: Vec::new() }))
    }

    /// Changes how often, until when and for what a coupon is good. Needs MARKETING.
    async fn coupon_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] coupon_id: ID,
        #[graphql(desc = "What changes.")] input: CouponUpdateInput,
    ) -> Fallible<CouponUpdatePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let coupon = id(&["id"], &coupon_id)?;
            let done = actions::update(ctx.app(), viewer, coupon, input.read()?).await;
            the_coupon(ctx, done.missing_at(&["id"])?).await
        };
        answer(done.await.map(|coupon| CouponUpdatePayload { coupon, user_errors: Vec::new() }))
    }

    /// Switches a coupon off for good. Orders that were placed with it keep their price. Needs MARKETING.
    async fn coupon_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] coupon_id: ID,
    ) -> Fallible<CouponDisablePayload> {
        let done = async {
            let done = actions::disable(ctx.app(), ctx.viewer()?, id(&["id"], &coupon_id)?).await;
            the_coupon(ctx, done.missing_at(&["id"])?).await
        };
        answer(done.await.map(|coupon| CouponDisablePayload { coupon, user_errors: Vec::new() }))
    }
}

async fn the_coupon(ctx: &Context<'_>, id: CouponId) -> Result<Option<Coupon>> {
    let coupon = store::coupon(ctx.app().db.read(), id).await?.ok_or(Denied::NotFound)?;
    Ok(Some(Coupon(coupon)))
}

/// A coupon by key, for the team with MARKETING; null for everybody else.
pub async fn visible_coupon(ctx: &Context<'_>, id: CouponId) -> Result<Option<Coupon>> {
    let Some(viewer) = ctx.actor().known() else { return Ok(None) };
    match actions::seen(ctx.app(), viewer, id).await {
        Ok(coupon) => Ok(Some(Coupon(coupon))),
        Err(Error::Denied(Denied::NotFound | Denied::Forbidden { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Coupons' part of the studio.
#[derive(Clone)]
pub struct StudioCoupons(pub Membership);

#[Object]
impl StudioCoupons {
    /// Every coupon, the newest first. Needs MARKETING.
    async fn coupons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<CouponConnection> {
        let desk = desk(&self.0, Permission::Marketing)?;
        let list = format!("studio.coupons:{}", desk.creator_id);
        let page = required(page_request(ctx, &list, first, after))?;
        let found = required(store::of_creator(ctx.app().db.read(), desk.creator_id, &page).await)?;
        Ok(connect(ctx, &list, found, |coupon: &model::Coupon| vec![coupon.id.to_string()], Coupon))
    }
}
