//! Saved cards: which of them a customer lets us show, and charging one while its owner is not there.
//!
//! Keeps true: only cards are listed whose owner agreed that they are shown again; a charge without the owner says so
//! (`off_session`), so that a bank which wants to ask refuses, instead of asking nobody; and it names the page to come
//! back to, without which Stripe confirms no payment that is open to ways of paying that redirect, whichever is used.
//! Not here: what the owner agreed to. Sources: <https://docs.stripe.com/api/payment_methods/customer_list>,
//! <https://docs.stripe.com/api/payment_intents/confirm#confirm_payment_intent-off_session>,
//! <https://docs.stripe.com/api/payment_intents/create#create_payment_intent-automatic_payment_methods-allow_redirects>

use serde::Deserialize;
use serde_json::json;
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::executor::Terms;
use crate::plain::path_id;
use crate::{IdempotencyKey, StripeError, StripeGateway, UncertainCause};

/// A card that a customer lets us show again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCard {
    /// `pm_..`
    pub id: String,
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The last year in which it is good.
    pub exp_year: i32,
    /// The last month of that year.
    pub exp_month: u32,
}

#[derive(Deserialize)]
struct WireList {
    data: Vec<WireMethod>,
}

#[derive(Deserialize)]
struct WireMethod {
    id: String,
    card: Option<WireCard>,
}

#[derive(Deserialize)]
struct WireCard {
    brand: String,
    last4: String,
    exp_year: i32,
    exp_month: u32,
}

impl StripeGateway {
    /// The customer's saved cards, the newest first, at most a hundred.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn saved_cards(&self, customer: &str) -> Result<Vec<SavedCard>, StripeError> {
        let path = format!("/customers/{}/payment_methods", path_id(customer)?);
        let request = RequestBuilder::new(StripeMethod::Get, path)
            .query(&json!({ "type": "card", "allow_redisplay": "always", "limit": 100 }));
        let answer = self.executor.run(&request, &Terms::default()).await?;
        let read = serde_json::from_slice::<WireList>(&answer.body);
        let list = read.map_err(|_| answer.uncertain(UncertainCause::Unreadable))?;
        let saved = list.data.into_iter().filter_map(|method| {
            let WireCard { brand, last4, exp_year, exp_month } = method.card?;
            Some(SavedCard { id: method.id, brand, last4, exp_year, exp_month })
        });
        Ok(saved.collect())
    }

    /// Charges a saved card for a payment that was opened, while its owner is not there. Read the payment to learn what
    /// came of it. Nobody is sent to `return_url`; Stripe wants to know it all the same.
    ///
    /// # Errors
    /// `Declined` when the bank says no; its code is `authentication_required` when the bank wants to ask. The payment is
    /// open then. `Refused` and `NotFound` when the card is not the customer's any more, or the payment not open.
    pub async fn charge_saved(
        &self,
        key: &IdempotencyKey,
        payment: &str,
        card: &str,
        return_url: &str,
    ) -> Result<(), StripeError> {
        let path = format!("/payment_intents/{}/confirm", path_id(payment)?);
        let form = json!({ "payment_method": path_id(card)?, "off_session": true, "return_url": return_url });
        let request = RequestBuilder::new(StripeMethod::Post, path).form(&form);
        let terms = Terms { key: Some(key.as_str().to_owned()), ..Terms::default() };
        self.executor.run(&request, &terms).await.map(drop)
    }
}
