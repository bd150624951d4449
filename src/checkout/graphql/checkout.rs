//! Attempts to pay, as clients see them.

use async_graphql::{Context, Enum, ID, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};

use crate::checkout::{actions, model};
use crate::enrollment::graphql::Enrollment;
use crate::graphql::{Ctx, Fallible, Url, field, required};
use crate::payload;

use super::{Order, Quote, order};

payload! {
    /// Answer of `checkoutCreate`.
    CheckoutCreatePayload {
        /// The attempt to pay, with what to do next in `action`.
        checkout: Checkout,
    }
}

payload! {
    /// Answer of `checkoutSync`.
    CheckoutSyncPayload {
        /// The attempt to pay, as Stripe has it now.
        checkout: Checkout,
    }
}

payload! {
    /// Answer of `checkoutCancel`.
    CheckoutCancelPayload {
        /// The attempt to pay; SUCCEEDED if it was paid meanwhile.
        checkout: Checkout,
    }
}

payload! {
    /// Answer of `enrollmentClaimFree`.
    EnrollmentClaimFreePayload {
        /// The right to learn.
        enrollment: Enrollment,
    }
}

/// One attempt to pay.
#[derive(Clone)]
pub struct Checkout(pub model::Checkout);

/// One attempt to pay for one order.
#[Object]
impl Checkout {
    /// `cko_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How far it is. SUCCEEDED means that the money is there and the library has it.
    async fn status(&self) -> CheckoutStatus {
        self.0.status.into()
    }

    /// What was agreed.
    async fn quote(&self, ctx: &Context<'_>) -> async_graphql::Result<Quote> {
        let quote = self.0.quote.clone();
        let token = required(actions::token_of_quote(ctx.app(), &quote))?;
        Ok(Quote { quote, token, warnings: Vec::new() })
    }

    /// What to do next; null when there is nothing to do.
    async fn action(&self) -> Option<CheckoutAction> {
        if self.0.quote.is_free() {
            let message = "Nothing is due: it is in your library.".to_owned();
            return Some(CheckoutAction::NoPaymentRequired(NoPaymentRequired { message }));
        }
        let open = self.0.status == model::CheckoutStatus::Open;
        let url = self.0.redirect_url.clone().filter(|_| open)?;
        Some(CheckoutAction::HostedRedirect(HostedRedirect { url: url.into() }))
    }

    /// The order it is for.
    async fn order(&self, ctx: &Context<'_>) -> Fallible<Order> {
        field(order(ctx, self.0.order).await)
    }

    /// Given once to a guest; always null for signed-in buyers.
    async fn secret(&self) -> Option<String> {
        None
    }

    /// Until when it can be paid.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }
}

/// What to do next.
#[derive(Union)]
pub enum CheckoutAction {
    /// Go to Stripe's page.
    HostedRedirect(HostedRedirect),
    /// Nothing.
    NoPaymentRequired(NoPaymentRequired),
}

/// Send the buyer to this page.
#[derive(SimpleObject)]
pub struct HostedRedirect {
    /// Stripe's page.
    pub url: Url,
}

/// Nothing is due.
#[derive(SimpleObject)]
pub struct NoPaymentRequired {
    /// A sentence to show.
    pub message: String,
}

/// How far an attempt to pay is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::CheckoutStatus")]
pub enum CheckoutStatus {
    /// Can be paid.
    Open,
    /// The buyer is done, the bank is not.
    Processing,
    /// Paid, and given to the buyer.
    Succeeded,
    /// The bank or Stripe said no.
    Failed,
    /// Can no longer be paid.
    Expired,
    /// The buyer said never mind.
    Cancelled,
}
