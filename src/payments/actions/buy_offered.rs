//! Charging the saved card for a seat that is bought by itself when somebody who waits gets one.
//!
//! Safe to repeat: there is one order, one payment at Stripe, and one key with which it is confirmed. What does not come to
//! a payment is ended at Stripe before the seat is offered as to everybody else, so that it cannot be paid late.

use stripe_gateway::{IdempotencyKey, StripeError};

use crate::app::App;
use crate::checkout::actions as checkouts;
use crate::checkout::model::{Checkout, CheckoutStatus};
use crate::kernel::{Denied, Fault, Result, WaitlistEntryId};
use crate::workshops::model::WhyNot;
use crate::workshops::store as waiting;

use super::{apply, close};

/// The code with which a bank says that it wants to ask the card's owner.
const ASKS: &str = "authentication_required";

/// Buys the seat that is offered to this entry, if its owner has agreed to that.
pub async fn buy_offered(app: &App, entry: WaitlistEntryId) -> Result<()> {
    let Some((id, buying)) = checkouts::place_offered(app, entry).await? else { return Ok(()) };
    checkouts::open_page_later(app, id).await?;
    let checkout = crate::checkout::store::checkout(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let Some(payment) = checkout.stripe_intent.as_deref() else { return Ok(()) };
    if checkout.status != CheckoutStatus::Open {
        return Ok(());
    }
    let charged = app.stripe.charge_saved(&key_of(&checkout)?, payment, &buying.agreement.method).await;
    match charged {
        Ok(()) => apply(app, id).await.map(drop),
        Err(error) if error.is_uncertain() => Err(Fault::away("charging a saved card", error).into()),
        Err(error) => {
            tracing::info!(checkout = %id, %error, "a seat is not bought by itself");
            waiting::note_why(&app.db, entry, why_not(&error)).await?;
            close(app, &checkout).await.map(drop)
        }
    }
}

fn key_of(checkout: &Checkout) -> Result<IdempotencyKey> {
    let key = IdempotencyKey::for_attempt("sc", &checkout.id.0.simple().to_string(), 1);
    Ok(key.map_err(|error| Fault::new("charging a saved card", error))?)
}

fn why_not(error: &StripeError) -> WhyNot {
    match error {
        StripeError::Declined { code, decline_code, .. } => {
            let asks = [code, decline_code].into_iter().flatten().any(|said| said == ASKS);
            if asks { WhyNot::Authentication } else { WhyNot::Declined }
        }
        StripeError::Refused { .. } | StripeError::NotFound { .. } => WhyNot::CardGone,
        _ => WhyNot::NotPossible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_that_asks_is_told_from_one_that_says_no() {
        let declined = |code: &str, decline_code: Option<&str>| StripeError::Declined {
            code: Some(code.into()),
            decline_code: decline_code.map(str::to_owned),
            message: String::new(),
            request_id: None,
        };
        assert_eq!(why_not(&declined("card_declined", Some("insufficient_funds"))), WhyNot::Declined);
        assert_eq!(why_not(&declined("card_declined", Some(ASKS))), WhyNot::Authentication);
        assert_eq!(why_not(&declined(ASKS, None)), WhyNot::Authentication);
        let gone = StripeError::NotFound { message: String::new(), request_id: None };
        assert_eq!(why_not(&gone), WhyNot::CardGone);
    }
}
