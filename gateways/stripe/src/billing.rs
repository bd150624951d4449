//! Memberships at Stripe Billing: a price made known, a page that begins a subscription, what became of it, its end.
//!
//! Keeps true: a subscription is found again by our ids in its metadata; amounts, periods and states come from the
//! object itself. Objects are read in plain form, because the generated types insist on members (`plan`) that
//! Stripe's published description no longer has.
//! Not here: what a paid invoice means, how long a late payment is waited for, and when anything is read.
//!
//! Source: <https://docs.stripe.com/api/subscriptions>, <https://docs.stripe.com/api/invoices>,
//! <https://docs.stripe.com/api/customer_portal/sessions>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::executor::Terms;
use crate::plain::{Nonsense, currency_of, moment, path_id};
use crate::{IdempotencyKey, Payment, StripeError, StripeGateway, UncertainCause};

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
    /// `in_..`, the last one drawn up.
    pub latest_invoice: Option<String>,
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

/// An invoice of a subscription.
#[derive(Clone, Debug)]
pub struct Invoice {
    /// `in_..`
    pub id: String,
    /// Whether all of it is paid.
    pub paid: bool,
    /// `sub_..`; none for an invoice made by hand.
    pub subscription: Option<String>,
    /// `cus_..`
    pub customer: Option<String>,
    /// `price_..` of its one line.
    pub price: Option<String>,
    /// How many lines it has; one is what we expect.
    pub lines: usize,
    /// What was asked for, in minor units.
    pub amount_due: i64,
    /// What was paid, in minor units.
    pub amount_paid: i64,
    /// Upper-case ISO code.
    pub currency: String,
    /// The period its line is for.
    pub period_start: DateTime<Utc>,
    /// And its end.
    pub period_end: DateTime<Utc>,
    /// Our ids on the subscription when it was drawn up.
    pub metadata: HashMap<String, String>,
    /// When it is tried again; none if it is not.
    pub next_attempt: Option<DateTime<Utc>>,
    /// Whether this is real money.
    pub livemode: bool,
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

    /// Reads an invoice.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn invoice(&self, id: &str) -> Result<Invoice, StripeError> {
        let path = format!("/invoices/{}", path_id(id)?);
        self.fetch::<WireInvoice, _>(
            RequestBuilder::new(StripeMethod::Get, path),
            &Terms::default(),
            invoice_from,
        )
        .await
    }

    /// The invoices of a subscription, newest first; the last twenty.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn invoices_of(&self, subscription: &str) -> Result<Vec<Invoice>, StripeError> {
        let request = RequestBuilder::new(StripeMethod::Get, "/invoices")
            .query(&json!({ "subscription": path_id(subscription)?, "limit": 20 }));
        self.fetch::<WireList<WireInvoice>, _>(request, &Terms::default(), |list| {
            list.data.into_iter().map(invoice_from).collect()
        })
        .await
    }

    /// What paid an invoice, with its charge and fee; none while nothing has.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn payment_of_invoice(&self, id: &str) -> Result<Option<Payment>, StripeError> {
        let request = RequestBuilder::new(StripeMethod::Get, "/invoice_payments")
            .query(&json!({ "invoice": path_id(id)?, "status": "paid" }));
        let payments: WireList<WireInvoicePayment> = self.fetch(request, &Terms::default(), Ok).await?;
        let intent = payments.data.into_iter().find_map(|payment| payment.payment.payment_intent);
        match intent {
            Some(intent) => Ok(Some(self.payment_intent(&intent).await?)),
            None => Ok(None),
        }
    }

    /// The invoice a payment belongs to, if it belongs to one.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn invoice_of_payment(&self, intent: &str) -> Result<Option<String>, StripeError> {
        let wanted = json!({ "payment": { "type": "payment_intent", "payment_intent": path_id(intent)? } });
        let request = RequestBuilder::new(StripeMethod::Get, "/invoice_payments").query(&wanted);
        let payments: WireList<WireInvoicePayment> = self.fetch(request, &Terms::default(), Ok).await?;
        Ok(payments.data.into_iter().next().map(|payment| payment.invoice))
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

    async fn post<W: for<'a> Deserialize<'a>>(
        &self,
        path: &str,
        form: &Value,
        key: &IdempotencyKey,
    ) -> Result<W, StripeError> {
        self.fetch(RequestBuilder::new(StripeMethod::Post, path).form(form), &keyed(key), Ok).await
    }

    async fn fetch<W: for<'a> Deserialize<'a>, T>(
        &self,
        request: RequestBuilder,
        terms: &Terms,
        convert: impl FnOnce(W) -> Result<T, Nonsense>,
    ) -> Result<T, StripeError> {
        let answer = self.executor.run(&request, terms).await?;
        let read = serde_json::from_slice::<W>(&answer.body).map_err(|_| Nonsense).and_then(convert);
        read.map_err(|Nonsense| answer.uncertain(UncertainCause::Unreadable))
    }
}

fn keyed(key: &IdempotencyKey) -> Terms {
    Terms { key: Some(key.as_str().to_owned()), ..Terms::default() }
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

#[derive(Deserialize)]
struct WireList<T> {
    data: Vec<T>,
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
    latest_invoice: Option<String>,
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

#[derive(Deserialize)]
struct WireInvoice {
    id: String,
    status: Option<String>,
    customer: Option<String>,
    currency: String,
    amount_due: i64,
    amount_paid: i64,
    lines: WireList<WireLine>,
    parent: Option<WireParent>,
    next_payment_attempt: Option<i64>,
    livemode: bool,
    created: i64,
}

#[derive(Deserialize)]
struct WireLine {
    period: WirePeriod,
    pricing: Option<WirePricing>,
}

#[derive(Deserialize)]
struct WirePeriod {
    start: i64,
    end: i64,
}

#[derive(Deserialize)]
struct WirePricing {
    price_details: Option<WirePriceDetails>,
}

#[derive(Deserialize)]
struct WirePriceDetails {
    price: String,
}

#[derive(Deserialize)]
struct WireParent {
    subscription_details: Option<WireOfSubscription>,
}

#[derive(Deserialize)]
struct WireOfSubscription {
    subscription: String,
    metadata: Option<HashMap<String, String>>,
}

#[derive(Deserialize)]
struct WireInvoicePayment {
    invoice: String,
    payment: WireAssociated,
}

#[derive(Deserialize)]
struct WireAssociated {
    payment_intent: Option<String>,
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
        latest_invoice: wire.latest_invoice,
        metadata: wire.metadata,
        livemode: wire.livemode,
    })
}

fn status_from(status: &str) -> SubscriptionStatus {
    match status {
        "trialing" => SubscriptionStatus::Trialing,
        "active" => SubscriptionStatus::Active,
        "past_due" => SubscriptionStatus::PastDue,
        "incomplete" => SubscriptionStatus::Incomplete,
        "canceled" | "unpaid" | "incomplete_expired" | "paused" => SubscriptionStatus::Ended,
        _ => SubscriptionStatus::Unknown,
    }
}

fn invoice_from(wire: WireInvoice) -> Result<Invoice, Nonsense> {
    let first = wire.lines.data.first();
    let of = wire.parent.and_then(|parent| parent.subscription_details);
    let pricing = first.and_then(|line| line.pricing.as_ref());
    Ok(Invoice {
        paid: wire.status.as_deref() == Some("paid"),
        price: pricing
            .and_then(|pricing| pricing.price_details.as_ref())
            .map(|details| details.price.clone()),
        lines: wire.lines.data.len(),
        period_start: moment(first.map_or(wire.created, |line| line.period.start))?,
        period_end: moment(first.map_or(wire.created, |line| line.period.end))?,
        next_attempt: wire.next_payment_attempt.map(moment).transpose()?,
        id: wire.id,
        customer: wire.customer,
        currency: wire.currency.to_ascii_uppercase(),
        amount_due: wire.amount_due,
        amount_paid: wire.amount_paid,
        livemode: wire.livemode,
        subscription: of.as_ref().map(|of| of.subscription.clone()),
        metadata: of.and_then(|of| of.metadata).unwrap_or_default(),
    })
}
