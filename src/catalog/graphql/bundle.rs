//! A bundle as clients see it.

use std::sync::Arc;

use async_graphql::Context;
use futures_util::future::try_join_all;

use crate::catalog::{model, store};
use crate::connection;
use crate::graphql::values::{Money, RichText, Seo, seo};
use crate::graphql::{Ctx, Fallible, field, required};
use crate::kernel::{BundleId, OfferingId, Result};
use crate::loader;
use crate::media::graphql::image;

use super::access::bundle_access;
use super::offering::visible_offering;
use super::on_sale::on_sale;
use super::taught::{description, words};
use super::{Offering, PricesOf, ViewerAccess};

loader! {
    /// What bundles hold, in order.
    ItemsOf: BundleId => Vec<OfferingId> = store::items_of
}

connection!(BundleConnection, BundleEdge, Bundle, "bundles");

/// A bundle that the caller may see.
#[derive(Clone)]
pub struct Bundle(pub Arc<model::Bundle>);

on_sale! {
    /// Several offerings together, at a price of their own. Who buys it has each of them.
    impl Bundle: Bundle {
        /// Open when the caller has each item. The right itself is with the items, so `enrollment` is null.
        pub async fn viewer_access(&self, ctx: &Context<'_>) -> async_graphql::Result<ViewerAccess> {
            required(bundle_access(ctx, &self.0).await)
        }

        /// What it is about; may be empty in a draft.
        async fn description(&self, ctx: &Context<'_>) -> async_graphql::Result<RichText> {
            description(ctx, &self.0).await
        }

        /// What it holds, in order; at most 20. What the caller may not see is left out.
        async fn items(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Offering>> {
            let found = async {
                let ids = item_ids(ctx, self.0.id).await?;
                try_join_all(ids.into_iter().map(|id| visible_offering(ctx, id))).await
            };
            Ok(required(found.await)?.into_iter().flatten().map(Offering::from).collect())
        }

        /// How much less it costs than its items one by one, in the currency of its first price; null if that cannot be
        /// said (an item without a fixed price there), or if it costs no less.
        async fn savings(&self, ctx: &Context<'_>) -> Fallible<Money> {
            field(savings(ctx, &self.0).await.map(|saved| saved.map(Money::from)))
        }

        /// What the page says of itself to search engines.
        async fn seo(&self, ctx: &Context<'_>) -> async_graphql::Result<Seo> {
            let image = required(image(ctx, self.0.cover).await)?;
            let about = required(words(ctx, &self.0).await)?;
            Ok(seo(&self.0.title, &about.description, ctx.app().link(&self.0.path()), image))
        }
    }
}

/// What a bundle holds.
pub(super) async fn item_ids(ctx: &Context<'_>, id: BundleId) -> Result<Vec<OfferingId>> {
    Ok(ctx.loaders().load::<ItemsOf, _>(id).await?.unwrap_or_default())
}

async fn savings(ctx: &Context<'_>, bundle: &model::Bundle) -> Result<Option<crate::kernel::Money>> {
    // What is in a bundle is its creator's own.
    let load = |id| ctx.loaders().kept_of::<PricesOf, _>(bundle.creator, id);
    let Some(together) = load(bundle.offering.id).await?.and_then(|prices| prices.into_iter().next()) else {
        return Ok(None);
    };
    let ids = item_ids(ctx, bundle.id).await?;
    let priced = try_join_all(ids.into_iter().map(load)).await?;
    let priced: Vec<Vec<model::Price>> = priced.into_iter().map(Option::unwrap_or_default).collect();
    let all = priced.iter().flatten().chain([&together]);
    all.filter_map(|price| price.available_until).for_each(|end| ctx.reads().until(end));
    Ok(model::savings(&together, &priced))
}

/// A bundle by key; null for who may not see it.
pub async fn bundle(ctx: &Context<'_>, id: BundleId) -> Result<Option<Bundle>> {
    let found = visible_offering(ctx, id.into()).await?;
    Ok(found.and_then(model::AnyOffering::bundle).map(Bundle))
}
