//! Whether a wish may become an order: the quote still holds, its price stands, the buyer agrees and may have it.

use crate::app::App;
use crate::coupons::model::{Customer, Reason};
use crate::coupons::refusals::NotRedeemed;
use crate::kernel::text::Checks;
use crate::kernel::{Error, Fault, Refusal, Result};

use super::super::model::{CouponOutcome, Quote};
use super::super::refusals::CheckoutRefusal as No;
use super::super::token;
use super::create::NewPurchase;
use super::{quote, referral};

/// The quote of the token, if all about this wish is well.
pub(super) async fn checked(app: &App, wish: &NewPurchase, customer: &Customer) -> Result<Quote> {
    let seen = token::open_fresh(&app.keys, &wish.quote_token, app.now())
        .map_err(|no| Error::from(no.at(["input", "quoteToken"])))?;
    let mut checks = Checks::default();
    checks.take(&["input", "returnUrl"], web_address(app, &wish.return_url));
    if let Some(url) = &wish.cancel_url {
        checks.take(&["input", "cancelUrl"], web_address(app, url));
    }
    if let Some(version) = &wish.sdk_version
        && !stripe_gateway::is_api_version(version)
    {
        checks.add(No::VersionInvalid.at(["input", "stripeApiVersion"]));
    }
    if !seen.purchase_options().contains(&wish.option) {
        checks.add(No::OptionUnavailable.at(["input", "purchaseOption"]));
    }
    for consent in seen.required_consents() {
        let given =
            |(kind, version): &(&str, String)| *kind == consent.kind.name() && version == consent.version;
        if !wish.consents.iter().any(given) {
            checks.add(No::ConsentMissing(consent.kind.name()).at(["input", "consents"]));
        }
    }
    for_buyer(app, &seen, customer, &mut checks).await?;
    checks.done()?;
    if let Some(user) = customer.user {
        referral::check_buyer(app, &seen, user).await?;
    }
    let now =
        quote::again(app, &seen, customer).await.map_err(|error| at_token(error, ["input", "quoteToken"]))?;
    if let (Some(_), Some(CouponOutcome::Refused(reason))) = (seen.applied_coupon(), now.coupon_outcome) {
        return Err(not_redeemed(&seen, reason));
    }
    if !now.costs_the_same_as(&seen) {
        let new = token::seal(&app.keys, &now)?;
        return Err(No::PriceChanged(new).at(["input", "quoteToken"]).into());
    }
    Ok(now)
}

/// Nobody buys what they have, nor gives to themselves; what is free or a membership needs an account.
async fn for_buyer(app: &App, seen: &Quote, customer: &Customer, checks: &mut Checks) -> Result<()> {
    let own = customer.email.as_deref().unwrap_or_default();
    if seen.lines.iter().any(|line| line.is_given_to(own)) {
        checks.add(No::GiftToSelf.at(["input", "quoteToken"]));
    }
    let Some(user) = customer.user else {
        if seen.is_free() {
            checks.add(No::FreeNeedsAccount.at(["input", "purchaseOption"]));
        } else if seen.recurring().is_some() {
            checks.add(No::MembershipNeedsAccount.at(["input", "quoteToken"]));
        }
        return Ok(());
    };
    let has = quote::held(app, user, seen).await?;
    if seen.lines.iter().any(|line| line.is_held(&has)) {
        checks.add(No::AlreadyEnrolled.at(["input", "quoteToken"]));
    }
    Ok(())
}

/// What is wrong with the items of a quote is, here, wrong with its token.
pub(super) fn at_token(error: Error, path: [&str; 2]) -> Error {
    let Error::Refused(problems) = error else { return error };
    let mut checks = Checks::default();
    for mut problem in problems.into_vec() {
        problem.path = path.map(str::to_owned).to_vec();
        checks.add(problem);
    }
    checks.done().err().unwrap_or_else(|| Fault::new("quoting again", "refused without a reason").into())
}

fn web_address(app: &App, text: &str) -> std::result::Result<(), No> {
    if app.is_web_address(text) { Ok(()) } else { Err(No::UrlInvalid) }
}

/// The code that was counted on takes nothing off after all.
pub(super) fn not_redeemed(quote: &Quote, reason: Reason) -> Error {
    let code = quote.coupon.clone().unwrap_or_default();
    NotRedeemed { code, reason }.at(["input", "quoteToken"]).into()
}
