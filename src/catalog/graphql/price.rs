//! Prices as clients see them.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::catalog::{model, store};
use crate::graphql::values::Money;
use crate::graphql::{Ctx, Eager, Rows};
use crate::kernel::{CreatorId, OfferingId, PriceId, Result};
use crate::loader;

use super::access::may_edit;
use super::offering::visible_offering;
use super::{BillingInterval, PriceKind, TaxBehavior};

loader! {
    /// Active prices by offering, the default first.
    PricesOf: OfferingId => Vec<model::Price> = store::of_offerings
}

loader! {
    /// Prices by key, active or not.
    PriceById: PriceId => model::Price = store::prices
}

/// What an offering costs.
#[derive(Clone)]
pub struct Price(pub model::Price);

/// What an offering costs. Never changed: withdrawn and replaced.
#[Object]
impl Price {
    /// `prc_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How it is priced.
    async fn kind(&self) -> PriceKind {
        self.0.kind.into()
    }

    /// The amount; the minimum where the buyer decides.
    async fn amount(&self) -> Eager<Money> {
        Eager(self.0.amount.into())
    }

    /// The least the buyer may give, where the buyer decides.
    async fn minimum(&self) -> Option<Money> {
        (self.0.kind == model::PriceKind::PayWhatYouWant).then(|| self.0.amount.into())
    }

    /// What most give, where the buyer decides.
    async fn suggested(&self) -> Option<Money> {
        self.0.suggested.map(Money::from)
    }

    /// What it used to cost.
    async fn compare_at(&self) -> Option<Money> {
        self.0.compare_at.map(Money::from)
    }

    /// How often it is due; null for what is paid once.
    async fn interval(&self) -> Option<BillingInterval> {
        self.0.recurring.map(|recurring| recurring.interval.into())
    }

    /// Days before the first payment; null for none.
    async fn trial_days(&self) -> Option<i32> {
        self.0.recurring.and_then(|recurring| recurring.trial_days)
    }

    /// Whether the tax is in the amount.
    async fn tax_behavior(&self) -> TaxBehavior {
        self.0.tax_behavior.into()
    }

    /// Offered until then; null = no end.
    async fn available_until(&self) -> Option<DateTime<Utc>> {
        self.0.available_until
    }

    /// The one to show first.
    async fn is_default(&self) -> bool {
        self.0.is_default
    }

    /// Whether it can be had now, if its offering can.
    async fn is_active(&self, ctx: &Context<'_>) -> bool {
        self.0.is_active(ctx.app().now())
    }
}

/// The active prices of a creator's offering.
pub(super) async fn prices_of(
    ctx: &Context<'_>,
    (creator, offering): (CreatorId, OfferingId),
) -> Result<Rows<Price>> {
    let prices = ctx.loaders().kept_of::<PricesOf, _>(creator, offering).await?.unwrap_or_default();
    prices.iter().filter_map(|price| price.available_until).for_each(|end| ctx.reads().until(end));
    Ok(prices.into_iter().map(Price).collect())
}

/// A price by key: anybody who sees its offering while it is active, the team always.
pub async fn price(ctx: &Context<'_>, id: PriceId) -> Result<Option<Price>> {
    let Some(price) = ctx.loaders().load::<PriceById, _>(id).await? else { return Ok(None) };
    let Some(offering) = visible_offering(ctx, price.offering).await? else { return Ok(None) };
    let shown = price.is_active(ctx.app().now()) || may_edit(ctx, &offering).await?;
    Ok(shown.then_some(Price(price)))
}

/// A price that an order, a quote or an entitlement of the caller names, active or not.
pub async fn named_price(ctx: &Context<'_>, id: PriceId) -> Result<Option<Price>> {
    Ok(ctx.loaders().load::<PriceById, _>(id).await?.map(Price))
}
