//! What a buyer may ask for: look again now, and never mind.

use crate::app::App;
use crate::checkout::actions::{self as checkouts, Asker};
use crate::checkout::model::{Checkout, CheckoutStatus};
use crate::kernel::{CheckoutId, Result};

use super::{apply, close};

/// Reads Stripe now instead of waiting for its event. A page that could not be opened is asked for again.
pub async fn sync(app: &App, asker: Asker<'_>, id: CheckoutId) -> Result<Checkout> {
    let checkout = checkouts::checkout_of(app, asker, id).await?;
    match (checkout.status, checkout.is_at_stripe()) {
        (CheckoutStatus::Succeeded, _) => Ok(checkout),
        (CheckoutStatus::Open, false) => checkouts::open_page(app, id).await,
        _ => apply(app, id).await,
    }
}

/// Closes the page, so that it cannot be paid any more. If it was paid meanwhile, paid it stays.
pub async fn cancel(app: &App, asker: Asker<'_>, id: CheckoutId) -> Result<Checkout> {
    let checkout = checkouts::checkout_of(app, asker, id).await?;
    if checkout.status != CheckoutStatus::Open {
        return Ok(checkout);
    }
    // A page that Stripe may be opening this very moment must be known before it can be closed.
    let checkout = checkouts::open_page(app, id).await?;
    let after = close(app, &checkout).await?;
    if after.status == CheckoutStatus::Expired {
        checkouts::call_it_cancelled(app, id).await
    } else {
        Ok(after)
    }
}
