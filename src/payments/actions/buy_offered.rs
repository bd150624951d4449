//! Charging the saved card for a seat that is bought by itself when somebody who waits gets one.
//!
//! Keeps true: the card is charged only after a look, under the locks of order and session, that the seat is held for it, the
//! session has not begun and is the one that was agreed to, and nobody left; the intent to charge commits with that look, and
//! its key goes with every try. There is one attempt. What does not come to a payment is ended at Stripe before the seat is
//! offered as to everybody else, so that it cannot be paid late. All of it is safe to repeat.

use stripe_gateway::StripeError;

use crate::app::App;
use crate::checkout::actions as checkouts;
use crate::checkout::model::{Checkout, CheckoutStatus};
use crate::kernel::{CheckoutId, Denied, Fault, Result, WaitlistEntryId};
use crate::outgoing::{self, Intent, Kind};
use crate::workshops::actions as workshops;
use crate::workshops::model::WhyNot;
use crate::workshops::store as waiting;

use super::{apply, close};

/// The code with which a bank says that it wants to ask the card's owner.
const ASKS: &str = "authentication_required";
/// The one of a card whose time is over.
const EXPIRED: &str = "expired_card";

/// Buys the seat that is offered to this entry, if its owner has agreed to that.
pub async fn buy_offered(app: &App, entry: WaitlistEntryId) -> Result<()> {
    let Some((id, buying)) = checkouts::place_offered(app, entry).await? else { return Ok(()) };
    checkouts::open_page_later(app, id).await?;
    let checkout = read(app, id).await?;
    let Some(payment) = checkout.stripe_intent.as_deref().filter(|_| checkout.status == CheckoutStatus::Open)
    else {
        return wait_no_more(app, id).await;
    };
    let Some(intent) = intend(app, entry, &checkout).await? else { return end(app, &checkout).await };
    let back = app.link("/");
    match app.stripe.charge_saved(&intent.key, payment, &buying.agreement.method, &back).await {
        Ok(()) => {
            let tx = app.begin().await?;
            outgoing::answered(&tx, &intent, payment).await?;
            tx.commit().await?;
            apply(app, id).await.map(drop)
        }
        // A key that Stripe does not know says nothing about the card: the seat is held for a while.
        Err(error) if error.is_uncertain() || matches!(error, StripeError::Unauthorized { .. }) => {
            Err(Fault::away("charging a saved card", error).into())
        }
        Err(error) => {
            tracing::info!(checkout = %id, %error, "a seat is not bought by itself");
            let tx = app.begin().await?;
            outgoing::refused(&tx, &intent, &error).await?;
            waiting::note_why(&tx, entry, why_not(&error)).await?;
            tx.commit().await?;
            end(app, &checkout).await
        }
    }
}

/// The last look before the card is charged, and the intent to charge it; none if it must not be.
async fn intend(app: &App, entry: WaitlistEntryId, checkout: &Checkout) -> Result<Option<Intent>> {
    let tx = app.begin().await?;
    crate::checkout::store::lock_order(&tx, checkout.order).await?;
    let now = crate::checkout::store::checkout(tx.conn(), checkout.id).await?.ok_or(Denied::NotFound)?;
    if now.status != CheckoutStatus::Open {
        // Over meanwhile, one way or the other.
        return Ok(None);
    }
    let due = if now.expires_at <= tx.now() {
        Err(WhyNot::TooLate)
    } else if !checkouts::is_on_sale(&tx, &now.quote).await? {
        Err(WhyNot::NotOnSale)
    } else {
        workshops::charge_due(&tx, entry, checkout.id).await?
    };
    let intent = match due {
        Ok(()) => Some(outgoing::intend(&tx, Kind::SavedCard, checkout.id.0).await?),
        Err(why) => {
            waiting::note_why(&tx, entry, why).await?;
            None
        }
    };
    tx.commit().await?;
    Ok(intent)
}

/// Ends the attempt at Stripe. If the card was charged all the same, that is what came of it.
async fn end(app: &App, checkout: &Checkout) -> Result<()> {
    close(app, checkout).await?;
    wait_no_more(app, checkout.id).await
}

/// A charge that was never answered is waited for no longer once its attempt is over.
async fn wait_no_more(app: &App, id: CheckoutId) -> Result<()> {
    let checkout = read(app, id).await?;
    if matches!(checkout.status, CheckoutStatus::Open | CheckoutStatus::Processing) {
        return Ok(());
    }
    let tx = app.begin().await?;
    outgoing::overtaken(&tx, Kind::SavedCard, id.0).await?;
    tx.commit().await
}

async fn read(app: &App, id: CheckoutId) -> Result<Checkout> {
    Ok(crate::checkout::store::checkout(app.db.read(), id).await?.ok_or(Denied::NotFound)?)
}

fn why_not(error: &StripeError) -> WhyNot {
    match error {
        StripeError::Declined { code, decline_code, .. } => {
            let says = |word: &str| [code, decline_code].into_iter().flatten().any(|said| said == word);
            match (says(ASKS), says(EXPIRED)) {
                (true, _) => WhyNot::Authentication,
                (_, true) => WhyNot::CardExpired,
                _ => WhyNot::Declined,
            }
        }
        StripeError::NotFound { .. } => WhyNot::CardGone,
        StripeError::Refused { param: Some(param), .. } if param == "payment_method" => WhyNot::CardGone,
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
        assert_eq!(why_not(&declined(EXPIRED, None)), WhyNot::CardExpired);
        let gone = StripeError::NotFound { message: String::new(), request_id: None };
        assert_eq!(why_not(&gone), WhyNot::CardGone);
    }
}
