//! Invoices: what was asked of a member, and what paid it.
//!
//! Source: <https://docs.stripe.com/api/invoices>, <https://docs.stripe.com/api/invoice-payment>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use stripe_client_core::{RequestBuilder, StripeMethod};

use super::WireList;
use crate::executor::Terms;
use crate::plain::{Nonsense, moment, path_id};
use crate::{Payment, StripeError, StripeGateway};

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
    /// Stripe's page with the invoice; none while it is a draft. Whoever has the address can open it.
    pub page_url: Option<String>,
    /// Our ids on the subscription when it was drawn up.
    pub metadata: HashMap<String, String>,
    /// Whether this is real money.
    pub livemode: bool,
}

impl StripeGateway {
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
}

#[derive(Deserialize)]
struct WireInvoice {
    id: String,
    status: Option<String>,
    customer: Option<String>,
    currency: String,
    amount_due: i64,
    amount_paid: i64,
    hosted_invoice_url: Option<String>,
    lines: WireList<WireLine>,
    parent: Option<WireParent>,
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
        id: wire.id,
        customer: wire.customer,
        currency: wire.currency.to_ascii_uppercase(),
        amount_due: wire.amount_due,
        amount_paid: wire.amount_paid,
        page_url: wire.hosted_invoice_url,
        livemode: wire.livemode,
        subscription: of.as_ref().map(|of| of.subscription.clone()),
        metadata: of.and_then(|of| of.metadata).unwrap_or_default(),
    })
}
