//! Pricing and publishing.

use async_graphql::{Context, ID, Object};

use crate::catalog::model::NewPrice;
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::{actions, store};
use crate::graphql::payload::Missing;
use crate::graphql::values::{MoneyInput, money, to_the_microsecond};
use crate::graphql::{Ctx, Fallible, answer, context::id};
use crate::kernel::{Denied, Money, OfferingId, PriceId, Refusal, Result};

use super::{
    Offering, OfferingArchivePayload, OfferingPublishPayload, OfferingSlugChangePayload,
    OfferingUnpublishPayload, Price, PriceArchivePayload, PriceCreatePayload, PriceInput, TaxBehavior,
    offering,
};

/// Mutations on what is on sale.
#[derive(Default)]
pub struct SellingMutation;

#[Object]
impl SellingMutation {
    /// Adds a price; at most 5 active ones. The first is the default.
    async fn price_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which offering.")] offering_id: ID,
        #[graphql(desc = "One way to price it.")] price: PriceInput,
    ) -> Fallible<PriceCreatePayload> {
        let made = async {
            let viewer = ctx.viewer()?;
            let offering = id(&["offeringId"], &offering_id)?;
            let made = actions::create_price(ctx.app(), viewer, offering, price.terms()?).await;
            the_price(ctx, made.missing_at(&["offeringId"])?).await
        };
        answer(made.await.map(|price| PriceCreatePayload { price, user_errors: Vec::new() }))
    }

    /// Withdraws a price. Who is paying it right now may finish.
    async fn price_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] price_id: ID,
    ) -> Fallible<PriceArchivePayload> {
        let gone = async {
            let viewer = ctx.viewer()?;
            let gone = actions::archive_price(ctx.app(), viewer, id(&["id"], &price_id)?).await;
            the_price(ctx, gone.missing_at(&["id"])?).await
        };
        answer(gone.await.map(|price| PriceArchivePayload { price, user_errors: Vec::new() }))
    }

    /// Shows an offering to the world, or says all that is missing (`PublishBlockedError`).
    async fn offering_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] offering_id: ID,
    ) -> Fallible<OfferingPublishPayload> {
        let done = async {
            let done = actions::publish(ctx.app(), ctx.viewer()?, id(&["id"], &offering_id)?).await;
            the_offering(ctx, done).await
        };
        answer(done.await.map(|offering| OfferingPublishPayload { offering, user_errors: Vec::new() }))
    }

    /// Makes an offering a draft again. Who has it keeps it.
    async fn offering_unpublish(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] offering_id: ID,
    ) -> Fallible<OfferingUnpublishPayload> {
        let done = async {
            let done = actions::unpublish(ctx.app(), ctx.viewer()?, id(&["id"], &offering_id)?).await;
            the_offering(ctx, done).await
        };
        answer(done.await.map(|offering| OfferingUnpublishPayload { offering, user_errors: Vec::new() }))
    }

    /// Puts an offering away. Who has it keeps it; `offeringPublish` brings it back.
    async fn offering_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] offering_id: ID,
    ) -> Fallible<OfferingArchivePayload> {
        let done = async {
            let done = actions::archive(ctx.app(), ctx.viewer()?, id(&["id"], &offering_id)?).await;
            the_offering(ctx, done).await
        };
        answer(done.await.map(|offering| OfferingArchivePayload { offering, user_errors: Vec::new() }))
    }

    /// Gives an offering another link. Every link it had keeps leading to it.
    async fn offering_slug_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which.")] offering_id: ID,
        #[graphql(desc = "2 to 60 of a-z, 0-9 and single hyphens within.")] slug: String,
    ) -> Fallible<OfferingSlugChangePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let id = id(&["id"], &offering_id)?;
            the_offering(ctx, actions::change_slug(ctx.app(), viewer, id, &slug).await).await
        };
        answer(done.await.map(|offering| OfferingSlugChangePayload { offering, user_errors: Vec::new() }))
    }
}

impl PriceInput {
    /// As the actions take it.
    fn terms(self) -> Result<NewPrice> {
        match self {
            Self::Free(true) => Ok(NewPrice::Free),
            Self::Free(false) => Err(CatalogRefusal::FreeFalse.at(["price", "free"]).into()),
            Self::OneTime(once) => {
                inclusive("oneTime", once.tax_behavior)?;
                Ok(NewPrice::OneTime {
                    amount: money(&["price", "oneTime", "amount"], &once.amount)?,
                    compare_at: maybe(&["price", "oneTime", "compareAt"], once.compare_at.as_ref())?,
                    available_until: once.available_until.map(to_the_microsecond),
                })
            }
            Self::PayWhatYouWant(open) => {
                inclusive("payWhatYouWant", open.tax_behavior)?;
                let path = ["price", "payWhatYouWant", "suggested"];
                Ok(NewPrice::PayWhatYouWant {
                    minimum: money(&["price", "payWhatYouWant", "minimum"], &open.minimum)?,
                    suggested: maybe(&path, open.suggested.as_ref())?,
                })
            }
            Self::Recurring(again) => {
                inclusive("recurring", again.tax_behavior)?;
                Ok(NewPrice::Recurring {
                    amount: money(&["price", "recurring", "amount"], &again.amount)?,
                    interval: again.interval.into(),
                    trial_days: again.trial_days,
                })
            }
        }
    }
}

fn maybe(path: &[&str], given: Option<&MoneyInput>) -> Result<Option<Money>> {
    given.map(|given| money(path, given)).transpose()
}

fn inclusive(kind: &str, given: Option<TaxBehavior>) -> Result<()> {
    match given {
        Some(TaxBehavior::Exclusive) => {
            Err(CatalogRefusal::TaxOnTop.at(["price", kind, "taxBehavior"]).into())
        }
        _ => Ok(()),
    }
}

/// The price just made or withdrawn, which the one who did it may see.
async fn the_price(ctx: &Context<'_>, id: PriceId) -> Result<Option<Price>> {
    let price = store::price(ctx.app().db.read(), id).await?.ok_or(Denied::NotFound)?;
    Ok(Some(Price(price)))
}

async fn the_offering(ctx: &Context<'_>, done: Result<OfferingId>) -> Result<Option<Offering>> {
    let id = done.missing_at(&["id"])?;
    Ok(Some(offering(ctx, id).await?.ok_or(Denied::NotFound)?))
}
