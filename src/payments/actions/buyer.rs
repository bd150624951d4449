//! What a buyer may ask for: look again now, and never mind.

use stripe_gateway::{IdempotencyKey, StripeError};

use crate::app::App;
use crate::checkout::actions as checkouts;
use crate::checkout::model::{Checkout, CheckoutStatus};
use crate::kernel::{CheckoutId, Fault, Result, Viewer};

use super::apply;

/// Reads Stripe now instead of waiting for its event. A page that could not be opened is asked for again.
pub async fn sync(app: &App, viewer: &Viewer, id: CheckoutId) -> Result<Checkout> {
    let checkout = checkouts::checkout_of(app, viewer, id).await?;
    match (checkout.status, &checkout.stripe_session) {
        (CheckoutStatus::Succeeded, _) => Ok(checkout),
        (CheckoutStatus::Open, None) => checkouts::open_page(app, id).await,
        _ => apply(app, id).await,
    }
}

/// Closes the page, so that it cannot be paid any more. If it was paid meanwhile, paid it stays.
pub async fn cancel(app: &App, viewer: &Viewer, id: CheckoutId) -> Result<Checkout> {
    let checkout = checkouts::checkout_of(app, viewer, id).await?;
    if checkout.status != CheckoutStatus::Open {
        return Ok(checkout);
    }
    // A page that Stripe may be opening this very moment must be known before it can be closed.
    let checkout = checkouts::open_page(app, id).await?;
    if let Some(session) = &checkout.stripe_session {
        let key = IdempotencyKey::for_attempt("ex", &id.0.simple().to_string(), 1)
            .map_err(|error| Fault::new("closing a payment page", error))?;
        match app.stripe.expire_checkout_session(&key, session).await {
            // Refused: not open any more. Reading it tells whether it was paid.
            Ok(_) | Err(StripeError::Refused { .. } | StripeError::NotFound { .. }) => {}
            Err(error) => return Err(Fault::away("closing a payment page", error).into()),
        }
    }
    let after = apply(app, id).await?;
    if after.status == CheckoutStatus::Expired {
        checkouts::call_it_cancelled(app, id).await
    } else {
        Ok(after)
    }
}
