//! Attempts to pay, as clients see them.

use async_graphql::{Context, Enum, ID, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::checkout::actions::{self, SheetKeys};
use crate::checkout::model;
use crate::enrollment::graphql::Enrollment;
use crate::graphql::{CountryCode, Ctx, Fallible, Url, field, required};
use crate::payload;
use crate::workshops::graphql::Seat;

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
        /// The right to learn; null for a workshop.
        enrollment: Enrollment,
        /// For a workshop: the seat.
        seat: Seat,
    }
}

/// One attempt to pay.
#[derive(Clone)]
pub struct Checkout {
    /// What is kept of it.
    pub row: model::Checkout,
    /// What is not.
    pub once: Once,
}

/// What `checkoutCreate` alone can say, since it is kept nowhere.
#[derive(Clone, Default)]
pub struct Once {
    /// What opens an app's sheet.
    pub keys: Option<SheetKeys>,
    /// A guest's.
    pub secret: Option<String>,
}

impl From<model::Checkout> for Checkout {
    fn from(row: model::Checkout) -> Self {
        Self { row, once: Once::default() }
    }
}

/// One attempt to pay for one order.
#[Object]
impl Checkout {
    /// `cko_…`.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// How far it is. SUCCEEDED means that the money is there and the library has it.
    async fn status(&self) -> CheckoutStatus {
        self.row.status.into()
    }

    /// What was agreed.
    async fn quote(&self, ctx: &Context<'_>) -> async_graphql::Result<Quote> {
        let quote = self.row.quote.clone();
        let token = required(actions::token_of_quote(ctx.app(), &quote))?;
        Ok(Quote { quote, token, warnings: Vec::new() })
    }

    /// What to do next; null when there is nothing to do.
    async fn action(&self, ctx: &Context<'_>) -> Option<CheckoutAction> {
        let row = &self.row;
        if row.quote.is_free() {
            let message = "Nothing is due: it is in your library.".to_owned();
            return Some(CheckoutAction::NoPaymentRequired(NoPaymentRequired { message }));
        }
        if row.status != model::CheckoutStatus::Open {
            return None;
        }
        if let Some(secret) = &row.intent_secret {
            return sheet(ctx.app(), row, secret, self.once.keys.clone().unwrap_or_default());
        }
        let url = row.redirect_url.clone()?;
        Some(CheckoutAction::HostedRedirect(HostedRedirect { url: url.into() }))
    }

    /// The order it is for.
    async fn order(&self, ctx: &Context<'_>) -> Fallible<Order> {
        let found = order(ctx, self.row.order).await;
        // Whose a guest's order has become is not for whoever holds the secret: it would tell of an account.
        let hide = self.row.user.is_none();
        field(found.map(|found| found.map(|order| if hide { order.without_buyer() } else { order })))
    }

    /// Given once to a guest, by `checkoutCreate`; always null for signed-in buyers. Keep it: it opens `checkout`,
    /// `order`, `checkoutSync` and `checkoutCancel`.
    async fn secret(&self) -> Option<&str> {
        self.once.secret.as_deref()
    }

    /// Until when it can be paid.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }
}

/// What to do next.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "one is made for an answer, and none is kept")]
pub enum CheckoutAction {
    /// Go to Stripe's page.
    HostedRedirect(HostedRedirect),
    /// Open Stripe's sheet in the app.
    PaymentSheet(PaymentSheet),
    /// Nothing.
    NoPaymentRequired(NoPaymentRequired),
}

/// Send the buyer to this page.
#[derive(SimpleObject)]
pub struct HostedRedirect {
    /// Stripe's page.
    pub url: Url,
}

/// What an app opens Stripe's payment sheet with.
#[derive(SimpleObject)]
pub struct PaymentSheet {
    /// Names our account to Stripe's SDK.
    pub publishable_key: String,
    /// Always null: every sale is charged on our own account.
    pub stripe_account_id: Option<String>,
    /// Opens this payment.
    pub payment_intent_client_secret: Option<String>,
    /// Always null: nothing is saved without a payment.
    pub setup_intent_client_secret: Option<String>,
    /// `cus_…`; null for guests. Given by `checkoutCreate` alone, as are the next two.
    pub customer_id: Option<String>,
    /// Shows saved cards, and saves another if the buyer ticks the box. Lives half an hour; the same idempotency key
    /// gives a new one. Null if `stripeApiVersion` was given.
    pub customer_session_client_secret: Option<String>,
    /// The same for older SDKs, in their version. Only if `stripeApiVersion` was given: an SDK refuses both at once.
    pub ephemeral_key_secret: Option<String>,
    /// Whom the buyer pays, on the sheet and on the bank's statement.
    pub merchant_display_name: String,
    /// Where that is.
    pub merchant_country: CountryCode,
    /// Where to come back to from a bank's page.
    pub return_url: Url,
}

fn sheet(app: &App, row: &model::Checkout, secret: &str, keys: SheetKeys) -> Option<CheckoutAction> {
    Some(CheckoutAction::PaymentSheet(PaymentSheet {
        publishable_key: app.settings.stripe.as_ref()?.publishable_key.clone(),
        stripe_account_id: None,
        payment_intent_client_secret: Some(secret.to_owned()),
        setup_intent_client_secret: None,
        customer_id: keys.customer,
        customer_session_client_secret: keys.customer_session,
        ephemeral_key_secret: keys.ephemeral_key,
        merchant_display_name: "Atelier".to_owned(),
        merchant_country: app.settings.merchant_country.clone().into(),
        return_url: row.return_url.clone().into(),
    }))
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
