//! Following an attempt to pay.

use async_graphql::{Context, ID, Subscription};
use chrono::Duration;
use futures_util::{FutureExt, StreamExt};

use crate::app::App;
use crate::checkout::actions::{Asker, checkout_of};
use crate::checkout::model;
use crate::graphql::following::{Look, Told, follow};
use crate::graphql::payload::top_level;
use crate::graphql::{Ctx, context};
use crate::kernel::{Actor, CheckoutId, Result};

use super::Checkout;

/// How long after its end an attempt to pay is followed that is not over by then.
const LATEST: Duration = Duration::days(1);

/// What one can follow of purchases.
#[derive(Default)]
pub struct CheckoutSubscription;

#[Subscription]
impl CheckoutSubscription {
    /// An attempt to pay as it stands, then whenever it changes, for its buyer. Ends by itself when it is SUCCEEDED, FAILED,
    /// EXPIRED or CANCELLED, having told it, or a day after its end. What the buyer cancels may be told as EXPIRED, and money that comes late still
    /// counts: `checkout` says how things stand. Nothing is asked of Stripe for it: `checkoutSync` does that.
    async fn checkout_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`cko_…`.")] id: ID,
        #[graphql(desc = "For guests.")] secret: Option<String>,
    ) -> async_graphql::Result<Told<Checkout>> {
        let begun = async {
            if secret.is_none() {
                ctx.viewer()?;
            }
            let checkout: CheckoutId = context::id(&["id"], &id)?;
            let (app, actor) = (ctx.app().clone(), ctx.actor().clone());
            let look = move || look(app.clone(), actor.clone(), secret.clone(), checkout).boxed();
            follow(ctx, &model::topic(checkout), look).await
        };
        let told = begun.await.map_err(top_level)?;
        Ok(told.map(|told| told.map(Checkout::from)).boxed())
    }
}

async fn look(
    app: App,
    actor: Actor,
    secret: Option<String>,
    id: CheckoutId,
) -> Result<Look<model::Checkout>> {
    let asker = match &secret {
        Some(secret) => Asker::Guest(secret),
        None => Asker::Known(actor.viewer()?),
    };
    let checkout = checkout_of(&app, asker, id).await?;
    // What a person has to look at stays as it is: nobody waits for that on a socket.
    let is_settled = checkout.status.is_over() || checkout.expires_at + LATEST < app.now();
    Ok(if is_settled { Look::Last(checkout) } else { Look::Now(checkout) })
}
