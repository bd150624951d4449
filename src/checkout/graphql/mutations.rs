//! Buying, looking again, and claiming what is free. Thin: who asks, what for, which action.

use async_graphql::{Context, ID, Object};

use crate::checkout::actions::{self, ClaimFree, Claimed, NewPurchase, Who};
use crate::checkout::model::{self, CheckoutStatus as Status};
use crate::checkout::refusals::CheckoutRefusal as No;
use crate::enrollment::graphql as enrollment;
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, Uuid, answer};
use crate::kernel::{CheckoutId, Fault, Refusal, Result};
use crate::memberships;
use crate::payments;
use crate::workshops::graphql as workshops;

use super::*;

/// Checkout's mutations.
#[derive(Default)]
pub struct CheckoutMutation;

#[Object]
impl CheckoutMutation {
    /// Agrees to buy what was quoted. The same idempotency key gives the same checkout again, so a lost answer is
    /// simply asked for again.
    async fn checkout_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and how to pay.")] input: CheckoutCreateInput,
    ) -> Fallible<CheckoutCreatePayload> {
        let done = create(ctx, input).await;
        answer(
            done.map(|checkout| CheckoutCreatePayload { checkout: Some(checkout), user_errors: Vec::new() }),
        )
    }

    /// Asks the payment service now instead of waiting for its message. Call it when the buyer comes back.
    async fn checkout_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`cko_…`.")] id: ID,
        #[graphql(desc = "For guests.")] secret: Option<String>,
    ) -> Fallible<CheckoutSyncPayload> {
        let done = async {
            let asker = asker(ctx, secret.as_deref())?;
            let synced = payments::actions::sync(ctx.app(), asker, checkout_id(&id)?).await;
            let synced = synced.missing_at(&["id"])?;
            if synced.status == Status::Processing && synced.quote.recurring().is_some() {
                return memberships::actions::follow_checkout(ctx.app(), synced).await;
            }
            Ok(synced)
        };
        let done = done.await.map(Checkout::from);
        answer(done.map(|checkout| CheckoutSyncPayload { checkout: Some(checkout), user_errors: Vec::new() }))
    }

    /// Closes the payment page. What was paid before that stays paid.
    async fn checkout_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`cko_…`.")] id: ID,
        #[graphql(desc = "For guests.")] secret: Option<String>,
    ) -> Fallible<CheckoutCancelPayload> {
        let done = async {
            let asker = asker(ctx, secret.as_deref())?;
            let cancelled = payments::actions::cancel(ctx.app(), asker, checkout_id(&id)?).await;
            cancelled.missing_at(&["id"])
        };
        let done = done.await.map(Checkout::from);
        answer(
            done.map(|checkout| CheckoutCancelPayload { checkout: Some(checkout), user_errors: Vec::new() }),
        )
    }

    /// Takes something that costs nothing into the library, in one tap. Needs a proven e-mail address.
    async fn enrollment_claim_free(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A price that is free.")] price_id: ID,
        #[graphql(desc = "For a workshop: which date.")] session_id: Option<ID>,
        #[graphql(desc = "Made by the client for this wish.")] idempotency_key: Uuid,
    ) -> Fallible<EnrollmentClaimFreePayload> {
        let done = claim(ctx, &price_id, session_id.as_ref(), idempotency_key).await;
        answer(done)
    }
}

async fn create(ctx: &Context<'_>, input: CheckoutCreateInput) -> Result<Checkout> {
    let email = input.buyer_email;
    let who = match (ctx.actor().known(), &email) {
        (Some(_), Some(_)) => return Err(No::EmailForGuests.at(["input", "buyerEmail"]).into()),
        (None, Some(email)) => Who::Guest { email, from: ctx.requester().address },
        (_, None) => Who::Known(ctx.viewer()?),
    };
    let agreed = input.consents.into_iter().filter(|consent| consent.accepted);
    let wish = NewPurchase {
        quote_token: input.quote_token,
        idempotency_key: input.idempotency_key.0,
        option: input.purchase_option.into(),
        consents: agreed
            .map(|consent| (model::ConsentKind::from(consent.kind).name(), consent.version))
            .collect(),
        return_url: input.return_url.0,
        cancel_url: input.cancel_url.map(|url| url.0),
        sdk_version: input.stripe_api_version,
    };
    let created = actions::create(ctx.app(), who, wish).await?;
    Ok(Checkout { row: created.checkout, once: Once { keys: created.keys, secret: created.secret } })
}

async fn claim(
    ctx: &Context<'_>,
    price: &ID,
    session: Option<&ID>,
    key: Uuid,
) -> Result<EnrollmentClaimFreePayload> {
    let viewer = ctx.viewer()?;
    let session = session.map(|given| id(&["sessionId"], given)).transpose()?;
    let wish = ClaimFree { price: id(&["priceId"], price)?, session, idempotency_key: key.0 };
    let (enrollment, seat) = match actions::claim_free(ctx.app(), viewer, wish).await? {
        Claimed::Right(right) => (enrollment::own(ctx, right).await?, None),
        Claimed::Seat(seat) => (None, workshops::seat(ctx, seat).await?),
    };
    if enrollment.is_none() && seat.is_none() {
        return Err(Fault::new("claiming", "what was claimed is gone").into());
    }
    Ok(EnrollmentClaimFreePayload { enrollment, seat, user_errors: Vec::new() })
}

fn checkout_id(given: &ID) -> Result<CheckoutId> {
    id(&["id"], given)
}
