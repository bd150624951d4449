//! Hosted Checkout: asks Stripe for a payment page, reads what became of it, closes it.
//!
//! Keeps true: a page is for one order and says so three times (reference, metadata, transfer group), so it can be
//! found without our database; prices include tax and are in one currency, so what is charged is what was quoted;
//! Stripe neither converts the currency nor takes a promotion code of its own; a card is kept only if the buyer ticks
//! the page's box.
//! Not here: the quote, and whether the money that arrived is the money that was asked for. The rooms compare.
//!
//! Source: <https://docs.stripe.com/api/checkout/sessions>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use stripe_checkout::checkout_session as wire;
use stripe_shared::{CheckoutSessionMode, CheckoutSessionPaymentStatus, CheckoutSessionStatus};

use crate::payment::{Payment, payment_from};
use crate::plain::{Nonsense, currency_code, currency_of, moment, path_id};
use crate::{IdempotencyKey, StripeError, StripeGateway};

/// What the buyer is asked to pay for.
#[derive(Clone, Debug)]
pub struct NewCheckoutSession {
    /// Our order; also the transfer group.
    pub order_id: String,
    /// At least one line.
    pub lines: Vec<Line>,
    /// ISO code, any case.
    pub currency: String,
    /// Stripe's customer, if the buyer has one already: their saved cards are offered, and another may be saved.
    pub customer: Option<String>,
    /// Filled in on the page when there is no customer; Stripe takes one or the other.
    pub customer_email: Option<String>,
    /// Where the page sends the buyer after paying.
    pub success_url: String,
    /// Where its "back" leads.
    pub cancel_url: String,
    /// Between 30 minutes and 24 hours from now, by Stripe's rule.
    pub expires_at: DateTime<Utc>,
    /// Put on the session and on its payment.
    pub metadata: HashMap<String, String>,
}

/// One line of the page.
#[derive(Clone, Debug)]
pub struct Line {
    /// What the buyer reads.
    pub name: String,
    /// Price of one, tax included, in minor units.
    pub amount_minor: i64,
    /// How many.
    pub quantity: u32,
}

/// A payment page as Stripe has it.
#[derive(Clone, Debug)]
pub struct CheckoutSession {
    /// `cs_..`
    pub id: String,
    /// The page itself; none once it is complete or expired.
    pub url: Option<String>,
    /// Whether the page is open.
    pub status: CheckoutStatus,
    /// Whether the money is there. A complete page may still be unpaid with a delayed method.
    pub payment_status: PaymentStatus,
    /// Total in minor units.
    pub amount_total: Option<i64>,
    /// Upper-case ISO code.
    pub currency: Option<String>,
    /// Our order id, as we gave it.
    pub client_reference_id: Option<String>,
    /// Our ids, as we gave them.
    pub metadata: HashMap<String, String>,
    /// Whether this is real money.
    pub livemode: bool,
    /// `pi_..`, once there is a payment.
    pub payment_intent_id: Option<String>,
    /// The payment, where Stripe included it ([`StripeGateway::checkout_session`] asks for it).
    pub payment: Option<Payment>,
    /// `sub_..`, once a page for a membership is complete.
    pub subscription_id: Option<String>,
    /// `cus_..`, if any.
    pub customer_id: Option<String>,
    /// When the page closes by itself.
    pub expires_at: DateTime<Utc>,
}

/// State of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutStatus {
    /// Can still be paid.
    Open,
    /// The buyer finished.
    Complete,
    /// Can no longer be paid.
    Expired,
    /// A word this version does not know: park it and tell a person.
    Unknown,
}

/// State of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Arrived.
    Paid,
    /// Not (yet).
    Unpaid,
    /// Nothing was due.
    NoPaymentRequired,
    /// A word this version does not know: park it and tell a person.
    Unknown,
}

impl StripeGateway {
    /// Opens a payment page.
    ///
    /// # Errors
    /// See [`StripeError`]; `Invalid` for no lines, a negative amount or an unknown currency.
    pub async fn create_checkout_session(
        &self,
        key: &IdempotencyKey,
        session: NewCheckoutSession,
    ) -> Result<CheckoutSession, StripeError> {
        self.write(key, &request_for(session)?, session_from).await
    }

    /// Reads a page with its payment, charge and fee.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn checkout_session(&self, id: &str) -> Result<CheckoutSession, StripeError> {
        let request = wire::RetrieveCheckoutSession::new(path_id(id)?)
            .expand(vec!["payment_intent.latest_charge.balance_transaction".to_owned()]);
        self.read(&request, session_from).await
    }

    /// Closes a page, so that it can no longer be paid. Only its success, or reading it as expired, proves that.
    ///
    /// # Errors
    /// `Refused` when the page is not open any more: read it to learn whether it was paid.
    pub async fn expire_checkout_session(
        &self,
        key: &IdempotencyKey,
        id: &str,
    ) -> Result<CheckoutSession, StripeError> {
        self.write(key, &wire::ExpireCheckoutSession::new(path_id(id)?), session_from).await
    }
}

fn request_for(session: NewCheckoutSession) -> Result<wire::CreateCheckoutSession, StripeError> {
    if session.lines.is_empty() {
        return Err(StripeError::invalid("a payment page needs at least one line"));
    }
    let currency = currency_of(&session.currency)?;
    let lines = session.lines.iter().map(|line| line_for(line, &currency)).collect::<Result<Vec<_>, _>>()?;
    let mut payment = wire::CreateCheckoutSessionPaymentIntentData::new();
    payment.transfer_group = Some(session.order_id.clone());
    payment.metadata = Some(session.metadata.clone());
    let mut no_conversion = wire::CreateCheckoutSessionAdaptivePricing::new();
    no_conversion.enabled = Some(false);

    let request = wire::CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .ui_mode(stripe_shared::CheckoutSessionUiMode::HostedPage)
        .adaptive_pricing(no_conversion)
        .line_items(lines)
        .client_reference_id(session.order_id)
        .metadata(session.metadata)
        .payment_intent_data(payment)
        .success_url(session.success_url)
        .cancel_url(session.cancel_url)
        .expires_at(session.expires_at.timestamp());
    Ok(match (session.customer, session.customer_email) {
        (Some(customer), _) => request.customer(customer).saved_payment_method_options(saved_cards()),
        (None, Some(email)) => request.customer_email(email),
        (None, None) => request,
    })
}

/// As in an app's sheet: the page asks before it keeps a card, shows only cards whose buyer said so, and lets them be
/// taken away. Nothing is kept in order to be charged without the buyer (`setup_future_usage` stays unset).
fn saved_cards() -> wire::CreateCheckoutSessionSavedPaymentMethodOptions {
    use wire::{
        CreateCheckoutSessionSavedPaymentMethodOptionsAllowRedisplayFilters as Shown,
        CreateCheckoutSessionSavedPaymentMethodOptionsPaymentMethodRemove as Remove,
        CreateCheckoutSessionSavedPaymentMethodOptionsPaymentMethodSave as Save,
    };
    let mut options = wire::CreateCheckoutSessionSavedPaymentMethodOptions::new();
    options.allow_redisplay_filters = Some(vec![Shown::Always]);
    options.payment_method_remove = Some(Remove::Enabled);
    options.payment_method_save = Some(Save::Enabled);
    options
}

fn line_for(
    line: &Line,
    currency: &stripe_types::Currency,
) -> Result<wire::CreateCheckoutSessionLineItems, StripeError> {
    if line.amount_minor < 0 || line.quantity == 0 {
        return Err(StripeError::invalid("a line has a price of zero or more and a quantity of one or more"));
    }
    let mut price = wire::CreateCheckoutSessionLineItemsPriceData::new(currency.clone());
    price.product_data = Some(wire::ProductData::new(line.name.clone()));
    price.unit_amount = Some(line.amount_minor);
    price.tax_behavior = Some(wire::CreateCheckoutSessionLineItemsPriceDataTaxBehavior::Inclusive);
    let mut item = wire::CreateCheckoutSessionLineItems::new();
    item.price_data = Some(price);
    item.quantity = Some(u64::from(line.quantity));
    Ok(item)
}

pub(crate) fn session_from(session: stripe_shared::CheckoutSession) -> Result<CheckoutSession, Nonsense> {
    let payment_intent_id = session.payment_intent.as_ref().map(|intent| intent.id().to_string());
    let payment = match session.payment_intent.and_then(stripe_types::Expandable::into_object) {
        Some(intent) => Some(payment_from(intent)?),
        None => None,
    };
    Ok(CheckoutSession {
        id: session.id.to_string(),
        url: session.url,
        status: status_from(session.status.as_ref()),
        payment_status: payment_status_from(&session.payment_status),
        amount_total: session.amount_total,
        currency: session.currency.as_ref().map(currency_code),
        client_reference_id: session.client_reference_id,
        metadata: session.metadata.unwrap_or_default(),
        livemode: session.livemode,
        payment_intent_id,
        payment,
        subscription_id: session.subscription.map(|subscription| subscription.into_id().to_string()),
        customer_id: session.customer.map(|customer| customer.into_id().to_string()),
        expires_at: moment(session.expires_at)?,
    })
}

fn status_from(status: Option<&CheckoutSessionStatus>) -> CheckoutStatus {
    match status {
        Some(CheckoutSessionStatus::Open) => CheckoutStatus::Open,
        Some(CheckoutSessionStatus::Complete) => CheckoutStatus::Complete,
        Some(CheckoutSessionStatus::Expired) => CheckoutStatus::Expired,
        Some(_) | None => CheckoutStatus::Unknown,
    }
}

fn payment_status_from(status: &CheckoutSessionPaymentStatus) -> PaymentStatus {
    match status {
        CheckoutSessionPaymentStatus::Paid => PaymentStatus::Paid,
        CheckoutSessionPaymentStatus::Unpaid => PaymentStatus::Unpaid,
        CheckoutSessionPaymentStatus::NoPaymentRequired => PaymentStatus::NoPaymentRequired,
        _ => PaymentStatus::Unknown,
    }
}
