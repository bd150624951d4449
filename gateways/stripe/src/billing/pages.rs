//! What is opened for a member: a recurring price, the page on which a subscription begins, the portal.
//!
//! Source: <https://docs.stripe.com/api/prices>, <https://docs.stripe.com/api/checkout/sessions/create>,
//! <https://docs.stripe.com/api/customer_portal/sessions>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use crate::plain::{currency_of, moment};
use crate::{IdempotencyKey, StripeError, StripeGateway};

/// A price that is due again and again.
#[derive(Clone, Debug)]
pub struct NewRecurringPrice {
    /// What the member reads on invoices.
    pub name: String,
    /// Each time, tax included, in minor units.
    pub amount_minor: i64,
    /// ISO code, any case.
    pub currency: String,
    /// How often.
    pub interval: Interval,
    /// Our ids.
    pub metadata: HashMap<String, String>,
}

/// How often a price is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// Each month.
    Month,
    /// Each year.
    Year,
}

impl Interval {
    fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// A page on which a subscription begins.
#[derive(Clone, Debug)]
pub struct NewSubscriptionPage {
    /// Our order.
    pub order_id: String,
    /// `price_..`, one of it.
    pub price: String,
    /// `cus_..`
    pub customer: String,
    /// Days before the first payment.
    pub trial_days: Option<u32>,
    /// Where the page sends the buyer after paying.
    pub success_url: String,
    /// Where its "back" leads.
    pub cancel_url: String,
    /// Between 30 minutes and 24 hours from now, by Stripe's rule.
    pub expires_at: DateTime<Utc>,
    /// Put on the page and on its subscription.
    pub metadata: HashMap<String, String>,
}

impl StripeGateway {
    /// Makes a recurring price and its product; its id (`price_..`).
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn create_recurring_price(
        &self,
        key: &IdempotencyKey,
        price: NewRecurringPrice,
    ) -> Result<String, StripeError> {
        currency_of(&price.currency)?;
        let form = json!({
            "currency": price.currency.to_ascii_lowercase(), "unit_amount": price.amount_minor,
            "recurring": { "interval": price.interval.name() }, "tax_behavior": "inclusive",
            "product_data": { "name": price.name, "metadata": price.metadata }, "metadata": price.metadata,
        });
        let made: Identified = self.post("/prices", &form, key).await?;
        Ok(made.id)
    }

    /// Opens a page on which a subscription begins; its id, its address and its end.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn create_subscription_page(
        &self,
        key: &IdempotencyKey,
        page: NewSubscriptionPage,
    ) -> Result<(String, Option<String>, DateTime<Utc>), StripeError> {
        let mut data = json!({ "metadata": page.metadata });
        if let Some(days) = page.trial_days {
            data["trial_period_days"] = days.into();
        }
        let form = json!({
            "mode": "subscription", "ui_mode": "hosted_page", "client_reference_id": page.order_id,
            "adaptive_pricing": { "enabled": false }, "customer": page.customer,
            "line_items": [{ "price": page.price, "quantity": 1 }], "metadata": page.metadata,
            "subscription_data": data, "payment_method_types": ["card"],
            "success_url": page.success_url, "cancel_url": page.cancel_url,
            "expires_at": page.expires_at.timestamp(),
        });
        let made: WirePage = self.post("/checkout/sessions", &form, key).await?;
        let until = moment(made.expires_at).unwrap_or(page.expires_at);
        Ok((made.id, made.url, until))
    }

    /// A page where a customer changes the card or ends a subscription; its address. A new key for each click.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn create_portal(
        &self,
        key: &IdempotencyKey,
        customer: &str,
        return_url: &str,
    ) -> Result<String, StripeError> {
        let form = json!({ "customer": customer, "return_url": return_url });
        let made: WirePortal = self.post("/billing_portal/sessions", &form, key).await?;
        Ok(made.url)
    }
}

#[derive(Deserialize)]
struct Identified {
    id: String,
}

#[derive(Deserialize)]
struct WirePage {
    id: String,
    url: Option<String>,
    expires_at: i64,
}

#[derive(Deserialize)]
struct WirePortal {
    url: String,
}
