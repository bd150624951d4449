//! The payment sheet of a phone's app: asks Stripe for a payment without a page, and for the keys the app's SDK needs.
//!
//! Keeps true: a payment is for one order and says so (metadata, transfer group), as a page does; an ephemeral key is
//! asked for in the version of the app's own SDK, since Stripe answers in a form that only that version reads.
//! Not here: which of the two kinds of key an app needs, and what was paid in the end.
//!
//! Source: <https://docs.stripe.com/payments/mobile/accept-payment>

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use stripe_client_core::{RequestBuilder, StripeMethod};
use stripe_core::payment_intent::{
    CancelPaymentIntent, CreatePaymentIntent, CreatePaymentIntentAutomaticPaymentMethods as Automatic,
};

use crate::executor::Terms;
use crate::payment::{Payment, payment_from};
use crate::plain::{Nonsense, currency_of, path_id};
use crate::{IdempotencyKey, StripeError, StripeGateway, UncertainCause};

/// What the buyer is asked to pay in an app.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// Our order; also the transfer group.
    pub order_id: String,
    /// All of it, tax included, in minor units.
    pub amount_minor: i64,
    /// ISO code, any case.
    pub currency: String,
    /// Stripe's customer, if the buyer has one.
    pub customer: Option<String>,
    /// Put on the payment.
    pub metadata: HashMap<String, String>,
}

/// A payment that waits for an app's sheet.
#[derive(Clone, Debug)]
pub struct OpenedPayment {
    /// `pi_..`
    pub id: String,
    /// What the sheet opens it with. For the buyer alone.
    pub client_secret: String,
}

#[derive(Serialize)]
struct CustomerSessionForm<'a> {
    customer: &'a str,
    components: Components,
}

#[derive(Serialize)]
struct Components {
    mobile_payment_element: Element,
}

#[derive(Serialize)]
struct Element {
    enabled: bool,
    features: Features,
}

/// The sheet shows saved cards, lets the buyer take one away, and asks before it saves another.
#[derive(Serialize)]
struct Features {
    payment_method_redisplay: &'static str,
    payment_method_remove: &'static str,
    payment_method_save: &'static str,
}

#[derive(Serialize)]
struct EphemeralKeyForm<'a> {
    customer: &'a str,
}

#[derive(Deserialize)]
struct ClientSecret {
    client_secret: String,
}

#[derive(Deserialize)]
struct Secret {
    secret: String,
}

impl StripeGateway {
    /// Opens a payment for an app's sheet.
    ///
    /// # Errors
    /// See [`StripeError`]; `Invalid` for an amount that is not above zero or an unknown currency.
    pub async fn create_payment(
        &self,
        key: &IdempotencyKey,
        payment: NewPayment,
    ) -> Result<OpenedPayment, StripeError> {
        self.write(key, &request_for(payment)?, |intent| {
            let client_secret = intent.client_secret.ok_or(Nonsense)?;
            Ok(OpenedPayment { id: intent.id.to_string(), client_secret })
        })
        .await
    }

    /// Ends a payment, so that it can no longer be made. Only its success, or reading it as canceled, proves that.
    ///
    /// # Errors
    /// `Refused` when it is paid, or the bank is at work: read it to learn which.
    pub async fn cancel_payment(&self, key: &IdempotencyKey, id: &str) -> Result<Payment, StripeError> {
        self.write(key, &CancelPaymentIntent::new(path_id(id)?), payment_from).await
    }

    /// A short-lived secret with which an app's sheet shows the customer's saved cards, and saves another one if the
    /// buyer ticks the box.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn customer_session(
        &self,
        key: &IdempotencyKey,
        customer: &str,
    ) -> Result<String, StripeError> {
        let features = Features {
            payment_method_redisplay: "enabled",
            payment_method_remove: "enabled",
            payment_method_save: "enabled",
        };
        let components = Components { mobile_payment_element: Element { enabled: true, features } };
        let form = CustomerSessionForm { customer, components };
        let request = RequestBuilder::new(StripeMethod::Post, "/customer_sessions").form(&form);
        let terms = Terms { key: Some(key.as_str().to_owned()), ..Terms::default() };
        self.secret_of(&request, &terms, |answer: ClientSecret| answer.client_secret).await
    }

    /// The same for an app whose SDK is older than customer sessions: a key in that SDK's own version.
    ///
    /// # Errors
    /// See [`StripeError`]; `Invalid` for a text that is no API version.
    pub async fn ephemeral_key(
        &self,
        key: &IdempotencyKey,
        customer: &str,
        version: &str,
    ) -> Result<String, StripeError> {
        if !is_api_version(version) {
            return Err(StripeError::invalid(
                "a Stripe API version looks like 2020-08-27 or 2026-08-26.dahlia",
            ));
        }
        let form = EphemeralKeyForm { customer };
        let request = RequestBuilder::new(StripeMethod::Post, "/ephemeral_keys").form(&form);
        let version = Some(version.to_owned());
        let terms = Terms { key: Some(key.as_str().to_owned()), version, ..Terms::default() };
        self.secret_of(&request, &terms, |answer: Secret| answer.secret).await
    }

    async fn secret_of<T: serde::de::DeserializeOwned>(
        &self,
        request: &RequestBuilder,
        terms: &Terms,
        secret: impl FnOnce(T) -> String,
    ) -> Result<String, StripeError> {
        let answer = self.executor.run(request, terms).await?;
        let read = serde_json::from_slice(&answer.body);
        read.map(secret).map_err(|_| answer.uncertain(UncertainCause::Unreadable))
    }
}

fn request_for(payment: NewPayment) -> Result<CreatePaymentIntent, StripeError> {
    if payment.amount_minor <= 0 {
        return Err(StripeError::invalid("a payment is of more than zero"));
    }
    let request = CreatePaymentIntent::new(payment.amount_minor, currency_of(&payment.currency)?)
        .automatic_payment_methods(Automatic::new(true))
        .transfer_group(payment.order_id)
        .metadata(payment.metadata);
    Ok(match payment.customer {
        Some(customer) => request.customer(customer),
        None => request,
    })
}

/// Whether a text is shaped as an API version of Stripe's: a date, then perhaps a dot and the release's name.
#[must_use]
pub fn is_api_version(text: &str) -> bool {
    let (date, name) = text.split_once('.').unwrap_or((text, "x"));
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = date.split('-');
    let dated = parts.next().is_some_and(|year| digits(year, 4))
        && parts.next().is_some_and(|month| digits(month, 2))
        && parts.next().is_some_and(|day| digits(day, 2))
        && parts.next().is_none();
    dated && (1..=30).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::is_api_version;

    #[test]
    fn a_version_is_a_date_and_perhaps_a_name() {
        for good in ["2020-08-27", "2026-08-26.dahlia"] {
            assert!(is_api_version(good), "{good}");
        }
        for bad in [
            "",
            "dahlia",
            "2026-8-26",
            "2026-08-26.",
            "2026-08-26.Dahlia",
            "2026-08-26-1",
            "2026-08-26\r\nx: y",
        ] {
            assert!(!is_api_version(bad), "{bad}");
        }
    }
}
