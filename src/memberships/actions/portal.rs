//! The way to Stripe's page for cards and invoices.

use stripe_gateway::IdempotencyKey;

use crate::app::App;
use crate::checkout;
use crate::kernel::{Error, Fault, Refusal, Result, Viewer};
use crate::throttle::{self, Rate};

use super::super::refusals::MembershipRefusal as No;

/// Clicks of one person; each makes a page at Stripe.
const PAGES: Rate = Rate { burst: 10, every_seconds: 30 };

/// A new page for each click, for somebody who has bought something.
pub async fn portal(app: &App, viewer: &Viewer, return_url: &str) -> Result<String> {
    if !app.is_web_address(return_url) {
        return Err(No::UrlInvalid.at(["returnUrl"]).into());
    }
    throttle::take(app, "billing-portal", &viewer.user_id.to_string(), PAGES).await?;
    let customer = checkout::store::customer(app.db.read(), viewer.user_id).await?;
    let customer = customer.ok_or_else(|| No::NoCustomer.at::<_, String>([]))?;
    let key = IdempotencyKey::for_attempt("bp", &app.entropy.id(app.now()).simple().to_string(), 1)
        .map_err(|error| Fault::new("asking for a billing page", error))?;
    app.stripe.create_portal(&key, &customer, return_url).await.map_err(|error| match error {
        error if error.is_uncertain() => Error::from(No::ProviderAway.at::<_, String>([])),
        error => Fault::new("asking for a billing page", error).into(),
    })
}
