//! The page on which a membership begins, and the orders of its later invoices.
//!
//! A recurring price is made known to Stripe the first time somebody wants to buy it, and named by its id from then on:
//! what runs is never touched by what is asked of new members.

use std::collections::HashMap;

use stripe_gateway::{IdempotencyKey, Interval, NewRecurringPrice, NewSubscriptionPage, StripeError};

use crate::app::App;
use crate::db::Tx;
use crate::kernel::money::basis_points_of;
use crate::kernel::{Error, Fault, Money, OrderId, PriceId, PublicId, Refusal, Result};
use crate::outgoing::{self, Kind};

use super::super::model::{Channel, Checkout, Order, QUOTE_LIFE, Quote, QuoteLine, QuoteTax};
use super::super::refusals::CheckoutRefusal as No;
use super::super::store::{self, NewOrder};
use super::open_page::Page;

/// Days in which a member may ask for one payment back; the creator's share is held as long.
pub const MEMBERSHIP_WINDOW_DAYS: u32 = 7;

/// Whom Stripe knows the price of a membership as; made known if it is not.
pub(super) async fn stripe_price(app: &App, checkout: &Checkout) -> Result<Option<String>> {
    let line = checkout.quote.lines.iter().find(|line| line.recurring.is_some());
    let Some((line, due)) = line.and_then(|line| Some((line, line.recurring?))) else { return Ok(None) };
    if let Some(known) = store::stripe_price(app.db.read(), line.price).await? {
        return Ok(Some(known));
    }
    let tx = app.begin().await?;
    let intent = outgoing::intend(&tx, Kind::RecurringPrice, line.price.uuid()).await?;
    tx.commit().await?;
    let price = NewRecurringPrice {
        name: line.title.clone(),
        amount_minor: due.amount_minor,
        currency: checkout.quote.currency.code().to_owned(),
        interval: if due.yearly { Interval::Year } else { Interval::Month },
        metadata: HashMap::from([("price".to_owned(), line.price.to_string())]),
    };
    let answer = app.stripe.create_recurring_price(&intent.key, price).await;
    let tx = app.begin().await?;
    let outcome = match answer {
        Ok(made) => {
            outgoing::answered(&tx, &intent, &made).await?;
            store::insert_stripe_price(&tx, line.price, &made).await?;
            Ok(Some(made))
        }
        Err(error) if error.is_uncertain() => {
            tracing::warn!(%error, "Stripe gave no certain answer");
            return Err(No::ProviderAway.at::<_, String>([]).into());
        }
        Err(error) => {
            tracing::error!(%error, price = %line.price, "Stripe refused to make a price known");
            outgoing::refused(&tx, &intent, &error).await?;
            Err(No::ProviderRefused.at::<_, String>([]).into())
        }
    };
    tx.commit().await?;
    outcome
}

/// Opens the page on which a membership begins.
pub(super) async fn open(
    app: &App,
    key: &IdempotencyKey,
    checkout: &Checkout,
    order: &Order,
    (price, customer): (String, String),
) -> std::result::Result<Page, StripeError> {
    let page = NewSubscriptionPage {
        order_id: order.id.to_string(),
        price,
        customer,
        trial_days: checkout.quote.recurring().and_then(|due| due.trial_days),
        success_url: checkout.return_url.clone(),
        cancel_url: checkout.cancel_url.clone().unwrap_or_else(|| checkout.return_url.clone()),
        expires_at: checkout.expires_at,
        metadata: HashMap::from([
            ("order".to_owned(), order.id.to_string()),
            ("checkout".to_owned(), checkout.id.to_string()),
        ]),
    };
    let (id, url, until) = app.stripe.create_subscription_page(key, page).await?;
    Ok(Page { id, url, until })
}

/// What a later invoice is for.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// At which price.
    pub price: PriceId,
    /// What was paid.
    pub amount: Money,
    /// What of it is tax, if somebody wants to know.
    pub tax: Option<(QuoteTax, i64)>,
}

/// The order of a later invoice: the same thing from the same people at the price that was agreed to.
pub async fn place_renewal(app: &App, tx: &mut Tx, first: &Order, renewal: Renewal) -> Result<OrderId> {
    let Renewal { price, amount, tax } = renewal;
    let (tax, tax_minor) = tax.map_or((None, 0), |(tax, minor)| (Some(tax), minor));
    let lines = store::lines(tx.conn(), &[first.id]).await?.remove(&first.id).unwrap_or_default();
    let gone = || Error::Fault(Fault::new("placing a renewal", "the first order is not whole"));
    let (line, buyer) = lines.first().zip(first.buyer).ok_or_else(gone)?;
    let quote = Quote {
        creator: first.creator,
        currency: amount.currency,
        lines: vec![QuoteLine {
            price,
            offering: line.offering,
            title: line.title.clone(),
            amount_minor: amount.minor,
            discount_minor: 0,
            tax_minor,
            chosen: false,
            parts: Vec::new(),
            gift: None,
            session: None,
            terms: None,
            recurring: None,
        }],
        coupon: None,
        coupon_outcome: None,
        channel: Channel::Web,
        expires_at: tx.now() + QUOTE_LIFE,
        referral: None,
        tax,
    };
    let rest = amount.minor - tax_minor;
    let fee = basis_points_of(rest, app.settings.platform_fee_basis_points).clamp(0, rest);
    let id = OrderId(tx.id());
    let new = NewOrder {
        id,
        number: super::create::order_number(app),
        buyer: Some(buyer),
        guest_email: None,
        buyer_email: &first.buyer_email,
        quote: &quote,
        fees: &[fee],
        consents: &[],
        refund_window_days: MEMBERSHIP_WINDOW_DAYS,
    };
    store::insert_order(tx, &new).await?;
    Ok(id)
}
