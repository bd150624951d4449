//! Asking what things cost, and how a purchase is doing.

use async_graphql::{Context, ID, Object};

use crate::checkout::actions::{self, Asker, QuoteRequest, Wanted};
use crate::checkout::model::Channel;
use crate::graphql::context::id;
use crate::graphql::payload::{top_level, user_errors};
use crate::graphql::{Ctx, Fallible, field, values};
use crate::identity::graphql::ClientPlatform;
use crate::kernel::text::Checks;
use crate::kernel::{CheckoutId, Denied, Error, OrderId, Result};

use super::{Checkout, Order, Quote, QuoteInput, QuoteItemInput, QuoteResult, visible_order};

/// Checkout's root fields.
#[derive(Default)]
pub struct CheckoutQuery;

#[Object]
impl CheckoutQuery {
    /// What some things cost right now. Changes nothing; its token is what `checkoutCreate` takes.
    async fn quote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to buy.")] input: QuoteInput,
    ) -> Fallible<QuoteResult> {
        Some(match quoted(ctx, input).await {
            Ok(quote) => Ok(QuoteResult { quote: Some(quote), user_errors: Vec::new() }),
            Err(Error::Refused(problems)) => {
                Ok(QuoteResult { quote: None, user_errors: user_errors(problems) })
            }
            Err(error) => Err(top_level(error)),
        })
    }

    /// An attempt to pay, by its id; null for anybody but its buyer.
    async fn checkout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`cko_…`.")] id: ID,
        #[graphql(desc = "For guests.")] secret: Option<String>,
    ) -> Fallible<Checkout> {
        let Ok(id) = id.parse() else { return None };
        match secret {
            None => field(visible_checkout(ctx, id).await),
            Some(secret) => {
                let found = actions::checkout_of(ctx.app(), Asker::Guest(&secret), id).await;
                field(found_or_none(found).map(|found| found.map(Checkout::from)))
            }
        }
    }

    /// A purchase, by its id; null for anybody but its buyer and the creator's finance team.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`ord_…`.")] id: ID,
        #[graphql(desc = "For guests.")] secret: Option<String>,
    ) -> Fallible<Order> {
        let Ok(id) = id.parse::<OrderId>() else { return None };
        match secret {
            None => field(visible_order(ctx, id).await),
            Some(secret) => {
                let found = actions::order_of_guest(ctx.app(), &secret, id).await;
                field(found_or_none(found).map(|found| found.map(Order)))
            }
        }
    }
}

/// The caller's own checkout; null for anybody else's.
pub async fn visible_checkout(ctx: &Context<'_>, id: CheckoutId) -> Result<Option<Checkout>> {
    let Some(viewer) = ctx.actor().known() else { return Ok(None) };
    let found = actions::checkout_of(ctx.app(), Asker::Known(viewer), id).await;
    Ok(found_or_none(found)?.map(Checkout::from))
}

fn found_or_none<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::Denied(Denied::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Who asks: a guest with the secret, else the viewer, who must be signed in.
pub(super) fn asker<'a>(ctx: &'a Context<'_>, secret: Option<&'a str>) -> Result<Asker<'a>> {
    match secret {
        Some(secret) => Ok(Asker::Guest(secret)),
        None => Ok(Asker::Known(ctx.viewer()?)),
    }
}

async fn quoted(ctx: &Context<'_>, input: QuoteInput) -> Result<Quote> {
    let channel = match input.channel {
        ClientPlatform::Web => Channel::Web,
        ClientPlatform::Ios => Channel::Ios,
        ClientPlatform::Android => Channel::Android,
    };
    let mut checks = Checks::default();
    let mut items = Vec::new();
    for (at, item) in input.items.iter().enumerate() {
        match wanted(item) {
            Ok(wanted) => items.push(wanted),
            Err(Error::Refused(problems)) => {
                for problem in problems.into_vec() {
                    checks.add(problem.under(&at.to_string()).under("items").under("input"));
                }
            }
            Err(error) => return Err(error),
        }
    }
    checks.done()?;
    let coupon = input.coupon_code.map(|code| code.trim().chars().take(40).collect::<String>());
    let coupon = coupon.filter(|code| !code.is_empty());
    let request = QuoteRequest {
        items,
        coupon,
        channel,
        country: input.country.map(|country| country.0),
        touches: input.affiliate_token,
    };
    let quoted = actions::quote(ctx.app(), ctx.actor(), &request).await?;
    Ok(Quote { quote: quoted.quote, token: quoted.token, warnings: quoted.warnings })
}

/// The item as the room takes it; problems are at paths within the item.
fn wanted(item: &QuoteItemInput) -> Result<Wanted> {
    let session = item.session_id.as_ref().map(|given| id(&["sessionId"], given)).transpose()?;
    let pay =
        item.pay_what_you_want.as_ref().map(|money| values::money(&["payWhatYouWant"], money)).transpose()?;
    let price = id(&["priceId"], &item.price_id)?;
    Ok(Wanted { price, pay, gift: item.gift_recipient_email.clone(), session })
}
