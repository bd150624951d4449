//! Ending an attempt to pay, so that it can no longer be paid. Only Stripe's word that it is over frees the order: what
//! was paid a moment before stays paid.

use stripe_gateway::{IdempotencyKey, StripeError};

use crate::app::App;
use crate::checkout::model::{Checkout, CheckoutStatus};
use crate::kernel::{CheckoutId, Denied, Fault, Result};

use super::apply;

/// Expires the page or cancels the payment at Stripe, then goes where Stripe says it is.
pub async fn close(app: &App, checkout: &Checkout) -> Result<Checkout> {
    let closed = match (&checkout.stripe_session, &checkout.stripe_intent) {
        (Some(session), _) => {
            let key = key_of(app, "ex", checkout)?;
            app.stripe.expire_checkout_session(&key, session).await.map(drop)
        }
        (None, Some(intent)) => {
            app.stripe.cancel_payment(&key_of(app, "xi", checkout)?, intent).await.map(drop)
        }
        (None, None) => Ok(()),
    };
    match closed {
        // Refused: not open any more. Reading it tells whether it was paid.
        Ok(()) | Err(StripeError::Refused { .. } | StripeError::NotFound { .. }) => {
            apply(app, checkout.id).await
        }
        Err(error) => Err(Fault::away("closing a payment", error).into()),
    }
}

/// Ending twice is harmless, but an old refusal must not be replayed: the bank may be done by now.
fn key_of(app: &App, kind: &str, checkout: &Checkout) -> Result<IdempotencyKey> {
    let minute = u32::try_from(app.now().timestamp() / 60).unwrap_or_default();
    let key = IdempotencyKey::for_attempt(kind, &checkout.id.0.simple().to_string(), minute);
    Ok(key.map_err(|error| Fault::new("closing a payment", error))?)
}

/// Ends a sheet whose time is over, or whose debit failed: Stripe would let either be paid for ever. A page is closed by
/// Stripe itself, unless a seat is held for it: then it is ended with the hold.
pub async fn close_overdue(app: &App, id: CheckoutId) -> Result<()> {
    let checkout = crate::checkout::store::checkout(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let is_over = match checkout.status {
        CheckoutStatus::Open => checkout.expires_at <= app.now(),
        CheckoutStatus::Processing => true,
        _ => false,
    };
    if is_over && !checkout.ends_by_itself() {
        close(app, &checkout).await?;
    }
    Ok(())
}
