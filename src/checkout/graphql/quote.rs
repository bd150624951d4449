//! What something costs, as clients see it.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::catalog::graphql as catalog;
use crate::checkout::{actions, model};
use crate::graphql::values::{Money, RichText};
use crate::graphql::{Ctx, Fallible, UserError, UserErrorCode, field, required};
use crate::kernel::{Fault, OfferingId, Problem, WorkshopSessionId};
use crate::workshops::graphql::{self as workshops, WorkshopSession};

use super::{ConsentKind, PurchaseOption};

/// A quote, or why there is none.
#[derive(SimpleObject)]
pub struct QuoteResult {
    /// What it costs; null if something cannot be bought.
    pub quote: Option<Quote>,
    /// What is wrong with which item; empty if there is a quote.
    pub user_errors: Vec<UserError>,
}

/// What some things cost, for fifteen minutes.
#[derive(Clone)]
pub struct Quote {
    /// What it costs.
    pub quote: model::Quote,
    /// The same, signed.
    pub token: String,
    /// What to know before buying.
    pub warnings: Vec<Problem>,
}

/// What some things cost. Its token holds for fifteen minutes and is good for one way of buying exactly this.
#[Object]
impl Quote {
    /// Hand it to `checkoutCreate`.
    async fn token(&self) -> &str {
        &self.token
    }

    /// Each thing and its price.
    async fn lines(&self) -> Vec<QuoteLine> {
        let currency = self.quote.currency;
        self.quote.lines.iter().map(|line| QuoteLine { line: line.clone(), currency }).collect()
    }

    /// Before discounts.
    async fn subtotal(&self) -> Money {
        self.quote.subtotal().into()
    }

    /// Taken off.
    async fn discount_total(&self) -> Money {
        self.quote.discount_total().into()
    }

    /// Tax within the total.
    async fn tax_total(&self) -> Money {
        self.quote.tax_total().into()
    }

    /// To pay, tax included.
    async fn total(&self) -> Money {
        self.quote.total().into()
    }

    /// The code that was given, and whether it helped.
    async fn coupon(&self) -> Option<QuoteCoupon> {
        let code = self.quote.coupon.clone()?;
        Some(match self.quote.coupon_outcome {
            Some(model::CouponOutcome::Applied(_)) => QuoteCoupon { code, is_applied: true, reason: None },
            Some(model::CouponOutcome::Refused(why)) => {
                QuoteCoupon { code, is_applied: false, reason: Some(why.code().into()) }
            }
            None => QuoteCoupon { code, is_applied: false, reason: None },
        })
    }

    /// What will be refused later or does not work here.
    async fn warnings(&self) -> Vec<QuoteWarning> {
        self.warnings.iter().cloned().map(QuoteWarning::from).collect()
    }

    /// How it can be paid where the buyer is; empty if it cannot be bought there.
    async fn purchase_options(&self) -> Vec<PurchaseOption> {
        self.quote.purchase_options().into_iter().map(PurchaseOption::from).collect()
    }

    /// What the buyer must agree to.
    async fn required_consents(&self) -> Vec<ConsentRequirement> {
        self.quote.required_consents().iter().map(|consent| ConsentRequirement(*consent)).collect()
    }

    /// What to agree to, so that a seat at a full session is bought by itself as soon as there is one
    /// (`sessionWaitlistJoin`); empty for what is not bought that way.
    async fn waitlist_consents(&self) -> Vec<ConsentRequirement> {
        self.quote.waitlist_consents().iter().map(|consent| ConsentRequirement(*consent)).collect()
    }

    /// Until when the token holds.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.quote.expires_at
    }
}

/// One thing of a quote.
pub struct QuoteLine {
    line: model::QuoteLine,
    currency: crate::kernel::Currency,
}

/// One thing of a quote and its price.
#[Object]
impl QuoteLine {
    /// What it is.
    async fn offering(&self, ctx: &Context<'_>) -> async_graphql::Result<catalog::Offering> {
        let found = required(catalog::offering(ctx, OfferingId(self.line.offering)).await)?;
        required(found.ok_or_else(|| Fault::new("showing a quote", "its offering is gone").into()))
    }

    /// The price it is sold at.
    async fn price(&self, ctx: &Context<'_>) -> async_graphql::Result<catalog::Price> {
        let found = required(catalog::named_price(ctx, self.line.price).await)?;
        required(found.ok_or_else(|| Fault::new("showing a quote", "its price is gone").into()))
    }

    /// For a workshop: at which session the seat is.
    async fn session(&self, ctx: &Context<'_>) -> Fallible<WorkshopSession> {
        let session = self.line.session?;
        field(workshops::session(ctx, WorkshopSessionId(session)).await)
    }

    /// To pay for it, tax included.
    async fn amount(&self) -> Money {
        crate::kernel::Money::new(self.line.amount_minor, self.currency).into()
    }

    /// Taken off.
    async fn discount(&self) -> Money {
        crate::kernel::Money::new(self.line.discount_minor, self.currency).into()
    }
}

/// A code that was given.
#[derive(SimpleObject)]
pub struct QuoteCoupon {
    /// As given.
    pub code: String,
    /// Whether it took something off.
    pub is_applied: bool,
    /// Why not.
    pub reason: Option<UserErrorCode>,
}

/// Something to know before buying.
#[derive(SimpleObject)]
pub struct QuoteWarning {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The item it is about, from the outside in.
    pub path: Vec<String>,
}

impl From<Problem> for QuoteWarning {
    fn from(problem: Problem) -> Self {
        Self { code: problem.code.into(), message: problem.message, path: problem.path }
    }
}

/// Something to agree to.
pub struct ConsentRequirement(model::Consent);

/// Something a buyer must agree to, word for word.
#[Object]
impl ConsentRequirement {
    /// Which.
    async fn kind(&self) -> ConsentKind {
        self.0.kind.into()
    }

    /// The words.
    async fn text(&self) -> RichText {
        RichText(self.0.text.to_owned())
    }

    /// Names these words; send it back with the consent.
    async fn version(&self) -> &str {
        self.0.version
    }
}

/// The price changed since the quote; here is the new one.
#[derive(Clone, Debug)]
pub struct PriceChangedError {
    /// What a program branches on.
    pub code: UserErrorCode,
    /// A sentence to show.
    pub message: String,
    /// The argument it is about, from the outside in.
    pub path: Vec<String>,
    /// The new quote.
    pub token: String,
}

/// The price changed since the quote. Show the new one and ask again.
#[Object]
impl PriceChangedError {
    /// What a program branches on.
    pub async fn code(&self) -> &UserErrorCode {
        &self.code
    }

    /// A sentence to show.
    pub async fn message(&self) -> &String {
        &self.message
    }

    /// The argument it is about, from the outside in.
    pub async fn path(&self) -> &Vec<String> {
        &self.path
    }

    /// What it costs now.
    async fn quote(&self, ctx: &Context<'_>) -> async_graphql::Result<Quote> {
        let quote = required(actions::quote_of_token(ctx.app(), &self.token))?;
        Ok(Quote { quote, token: self.token.clone(), warnings: Vec::new() })
    }
}
