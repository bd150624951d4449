//! Subscriptions: how one stands, and its end.
//!
//! Source: <https://docs.stripe.com/api/subscriptions>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use stripe_client_core::{RequestBuilder, StripeMethod};

use super::{WireList, keyed};
use crate::executor::Terms;
use crate::plain::{Nonsense, moment, path_id};
use crate::{IdempotencyKey, StripeError, StripeGateway};

/// A subscription as Stripe has it.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// `sub_..`
    pub id: String,
    /// How it stands.
    pub status: SubscriptionStatus,
    /// `cus_..`
    pub customer: String,
    /// `price_..` of its one item.
    pub price: Option<String>,
    /// Each time, in minor units.
    pub amount_minor: Option<i64>,
    /// Upper-case ISO code.
    pub currency: String,
    /// The running period's beginning.
    pub period_start: DateTime<Utc>,
    /// And its end.
    pub period_end: DateTime<Utc>,
    /// Whether it ends with the period.
    pub cancel_at_period_end: bool,
    /// When its trial ends or ended.
    pub trial_end: Option<DateTime<Utc>>,
    /// When it was over.
    pub ended_at: Option<DateTime<Utc>>,
    /// Our ids, as we gave them.
    pub metadata: HashMap<String, String>,
    /// Whether this is real money.
    pub livemode: bool,
}

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionStatus {
    /// Free for a while.
    Trialing,
    /// Paid.
    Active,
    /// A payment is late and is tried again.
    PastDue,
    /// Not begun yet.
    Incomplete,
    /// Over, whatever the reason.
    Ended,
    /// A word this version does not know: park it and tell a person.
    Unknown,
}

impl StripeGateway {
    /// Reads a subscription.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn subscription(&self, id: &str) -> Result<Subscription, StripeError> {
        let path = format!("/subscriptions/{}", path_id(id)?);
        self.fetch::<WireSubscription, _>(
            RequestBuilder::new(StripeMethod::Get, path),
            &Terms::default(),
            subscription_from,
        )
        .await
    }

    /// Ends a subscription with its period, or lets it go on after all.
    ///
    /// # Errors
    /// `Refused` when it is over.
    pub async fn set_cancel_at_period_end(
        &self,
        key: &IdempotencyKey,
        id: &str,
        cancel: bool,
    ) -> Result<Subscription, StripeError> {
        let path = format!("/subscriptions/{}", path_id(id)?);
        let request =
            RequestBuilder::new(StripeMethod::Post, path).form(&json!({ "cancel_at_period_end": cancel }));
        self.fetch::<WireSubscription, _>(request, &keyed(key), subscription_from).await
    }

    /// Ends a subscription now.
    ///
    /// # Errors
    /// `NotFound` when it is over.
    pub async fn cancel_subscription(
        &self,
        key: &IdempotencyKey,
        id: &str,
    ) -> Result<Subscription, StripeError> {
        let path = format!("/subscriptions/{}", path_id(id)?);
        let request = RequestBuilder::new(StripeMethod::Delete, path);
        self.fetch::<WireSubscription, _>(request, &keyed(key), subscription_from).await
    }
}

#[derive(Deserialize)]
struct WireSubscription {
    id: String,
    status: String,
    customer: String,
    currency: String,
    items: WireList<WireItem>,
    cancel_at_period_end: bool,
    trial_end: Option<i64>,
    ended_at: Option<i64>,
    metadata: HashMap<String, String>,
    livemode: bool,
}

#[derive(Deserialize)]
struct WireItem {
    current_period_start: i64,
    current_period_end: i64,
    price: WirePrice,
}

#[derive(Deserialize)]
struct WirePrice {
    id: String,
    unit_amount: Option<i64>,
}

fn subscription_from(wire: WireSubscription) -> Result<Subscription, Nonsense> {
    let [item] = wire.items.data.as_slice() else { return Err(Nonsense) };
    Ok(Subscription {
        status: status_from(&wire.status),
        price: Some(item.price.id.clone()),
        amount_minor: item.price.unit_amount,
        currency: wire.currency.to_ascii_uppercase(),
        period_start: moment(item.current_period_start)?,
        period_end: moment(item.current_period_end)?,
        trial_end: wire.trial_end.map(moment).transpose()?,
        ended_at: wire.ended_at.map(moment).transpose()?,
        id: wire.id,
        customer: wire.customer,
        cancel_at_period_end: wire.cancel_at_period_end,
        metadata: wire.metadata,
        livemode: wire.livemode,
    })
}

fn status_from(status: &str) -> SubscriptionStatus {
    match status {
        "trialing" => SubscriptionStatus::Trialing,
        "active" => SubscriptionStatus::Active,
        // `unpaid` lives on and takes money when an invoice is paid late.
        "past_due" | "unpaid" => SubscriptionStatus::PastDue,
        // `incomplete_expired` never began.
        "incomplete" | "incomplete_expired" => SubscriptionStatus::Incomplete,
        "canceled" | "paused" => SubscriptionStatus::Ended,
        _ => SubscriptionStatus::Unknown,
    }
}
