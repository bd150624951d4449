//! Opening a way to pay at Stripe, a page or a payment for an app's sheet: asked for with a key written down before,
//! noted after.
//!
//! Safe to call at any time and from several places at once: whoever asks, Stripe opens one page.

use std::collections::HashMap;

use stripe_gateway::{IdempotencyKey, Line, NewCheckoutSession, NewPayment, OpenedPayment, StripeError};
use uuid::Uuid;

use crate::app::App;
use crate::kernel::{CheckoutId, Denied, Error, Fault, Instant, PublicId, Refusal, Result, UserId};
use crate::outgoing::{self, Intent, Kind};

use super::super::model::{
    Checkout, CheckoutStatus, Order, PAGE_LIFE, PurchaseOption, SEAT_HELD, SEAT_PAGE_LIFE,
};
use super::super::refusals::CheckoutRefusal as No;
use super::super::store;
use super::{membership_page, settle};

/// A page refused this often is not asked for again.
const MOST_ATTEMPTS: u32 = 3;

/// What Stripe opened.
enum Opened {
    Page(Page),
    Payment(OpenedPayment),
}

/// A page and until when it can be paid.
pub(super) struct Page {
    pub id: String,
    pub url: Option<String>,
    pub until: Instant,
}

/// The call to Stripe that opens a way to pay.
pub(super) fn call_for(option: PurchaseOption) -> Kind {
    match option {
        PurchaseOption::PaymentSheet => Kind::PaymentIntent,
        _ => Kind::CheckoutSession,
    }
}

/// The checkout with its page or payment, which is opened if there is none yet.
pub async fn open_page(app: &App, id: CheckoutId) -> Result<Checkout> {
    loop {
        let checkout = store::checkout(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
        if checkout.status == CheckoutStatus::Failed {
            return Err(No::ProviderRefused.at::<_, String>([]).into());
        }
        if checkout.status != CheckoutStatus::Open || checkout.is_at_stripe() {
            return Ok(checkout);
        }
        let order = store::order(app.db.read(), checkout.order).await?.ok_or(Denied::NotFound)?;
        let customer = match checkout.user {
            Some(user) => Some(customer_of(app, user, &order.buyer_email).await?),
            None => None,
        };
        let price = membership_page::stripe_price(app, &checkout).await?;
        let (checkout, intent) = intend(app, &checkout).await?;
        let opened = match price.zip(customer.clone()) {
            Some(both) => {
                membership_page::open(app, &intent.key, &checkout, &order, both).await.map(Opened::Page)
            }
            None => ask(app, &intent.key, &checkout, &order, customer).await,
        };
        match opened {
            Ok(opened) => note_opened(app, &checkout, &intent, &opened).await?,
            Err(error) if error.is_uncertain() => return Err(away(&error)),
            Err(error) => note_refusal(app, &checkout, &intent, &error).await?,
        }
    }
}

async fn ask(
    app: &App,
    key: &IdempotencyKey,
    checkout: &Checkout,
    order: &Order,
    customer: Option<String>,
) -> std::result::Result<Opened, StripeError> {
    if checkout.option == PurchaseOption::PaymentSheet {
        let payment = payment_for(checkout, order, customer);
        return app.stripe.create_payment(key, payment).await.map(Opened::Payment);
    }
    let page = page_for(checkout, order, customer);
    let page = app.stripe.create_checkout_session(key, page).await?;
    Ok(Opened::Page(Page { id: page.id, url: page.url, until: page.expires_at }))
}

/// Stripe's customer for one of our users, made on their first purchase.
async fn customer_of(app: &App, user: UserId, email: &str) -> Result<String> {
    if let Some(known) = store::customer(app.db.read(), user).await? {
        return Ok(known);
    }
    let tx = app.begin().await?;
    let intent = outgoing::intend(&tx, Kind::Customer, user.uuid()).await?;
    tx.commit().await?;
    let ours = HashMap::from([("user".to_owned(), user.to_string())]);
    let answer = app.stripe.create_customer(&intent.key, email, None, ours).await;
    let tx = app.begin().await?;
    let outcome = match answer {
        Ok(customer) => {
            outgoing::answered(&tx, &intent, &customer).await?;
            store::insert_customer(&tx, user, &customer).await?;
            Ok(customer)
        }
        Err(error) if error.is_uncertain() => return Err(away(&error)),
        Err(error) => {
            outgoing::refused(&tx, &intent, &error).await?;
            tracing::error!(%error, %user, "Stripe refused to open a customer");
            Err(No::ProviderRefused.at::<_, String>([]).into())
        }
    };
    tx.commit().await?;
    outcome
}

/// The attempt with the checkout as it was meant for it: whoever asks under this key asks for the same.
async fn intend(app: &App, checkout: &Checkout) -> Result<(Checkout, Intent)> {
    let tx = app.begin().await?;
    store::lock_order(&tx, checkout.order).await?;
    let checkout = store::checkout(tx.conn(), checkout.id).await?.ok_or(Denied::NotFound)?;
    let intent = outgoing::intend(&tx, call_for(checkout.option), checkout.id.0).await?;
    tx.commit().await?;
    Ok((checkout, intent))
}

/// Built from what is stored alone, so that every try of an attempt asks for the same.
fn page_for(checkout: &Checkout, order: &Order, customer: Option<String>) -> NewCheckoutSession {
    let lines = checkout.quote.lines.iter().filter(|line| line.amount_minor > 0).map(|line| Line {
        name: line.title.clone(),
        amount_minor: line.amount_minor,
        quantity: 1,
    });
    NewCheckoutSession {
        order_id: order.id.to_string(),
        lines: lines.collect(),
        currency: order.currency.code().to_owned(),
        customer,
        customer_email: Some(order.buyer_email.clone()),
        success_url: checkout.return_url.clone(),
        cancel_url: checkout.cancel_url.clone().unwrap_or_else(|| checkout.return_url.clone()),
        expires_at: page_end(checkout),
        metadata: ours(checkout, order),
    }
}

/// When Stripe ends the page by itself. For a seat we end it earlier, but Stripe takes no end that is near.
fn page_end(checkout: &Checkout) -> Instant {
    if checkout.holds_seats() {
        checkout.expires_at + (SEAT_PAGE_LIFE - SEAT_HELD)
    } else {
        checkout.expires_at
    }
}

/// The same for an app's sheet.
fn payment_for(checkout: &Checkout, order: &Order, customer: Option<String>) -> NewPayment {
    NewPayment {
        order_id: order.id.to_string(),
        amount_minor: order.total_minor,
        currency: order.currency.code().to_owned(),
        customer,
        metadata: ours(checkout, order),
    }
}

fn ours(checkout: &Checkout, order: &Order) -> HashMap<String, String> {
    HashMap::from([
        ("order".to_owned(), order.id.to_string()),
        ("checkout".to_owned(), checkout.id.to_string()),
    ])
}

async fn note_opened(app: &App, checkout: &Checkout, intent: &Intent, opened: &Opened) -> Result<()> {
    let mut tx = app.begin().await?;
    match opened {
        Opened::Page(page) => {
            outgoing::answered(&tx, intent, &page.id).await?;
            let until = page.until.min(checkout.expires_at);
            store::set_page(&tx, checkout.id, &page.id, page.url.as_deref(), until).await?;
        }
        Opened::Payment(payment) => {
            outgoing::answered(&tx, intent, &payment.id).await?;
            store::set_payment(&tx, checkout.id, &payment.id, &payment.client_secret).await?;
        }
    }
    settle::changed(&mut tx, checkout);
    tx.commit().await
}

/// A refusal because the wish came too late is cured by a later end and a new attempt; any other ends the checkout.
async fn note_refusal(app: &App, checkout: &Checkout, intent: &Intent, error: &StripeError) -> Result<()> {
    tracing::warn!(checkout = %checkout.id, attempt = intent.attempt, %error, "Stripe refused a payment page");
    let curable = matches!(error, StripeError::Refused { param, kind, .. }
        if param.as_deref() == Some("expires_at") || kind == "idempotency_error");
    let mut tx = app.begin().await?;
    let order = store::lock_order(&tx, checkout.order).await?;
    if !outgoing::is_waiting(&tx, intent).await? {
        // Another caller of the same attempt has noted it; a second new end would be a second page.
        return Ok(());
    }
    outgoing::refused(&tx, intent, error).await?;
    if curable && intent.attempt < MOST_ATTEMPTS {
        let life = if checkout.holds_seats() { SEAT_HELD } else { PAGE_LIFE };
        store::set_expiry(&tx, checkout.id, tx.now() + life).await?;
        settle::changed(&mut tx, checkout);
    } else {
        let order = order.ok_or_else(|| Error::Fault(Fault::new("opening a page", "the order is gone")))?;
        settle::move_checkout(&mut tx, checkout, CheckoutStatus::Failed, Some("page_refused")).await?;
        settle::void(&mut tx, &order).await?;
    }
    tx.commit().await
}

/// The buyer may try again; a job will anyway.
fn away(error: &StripeError) -> Error {
    tracing::warn!(%error, "Stripe gave no certain answer");
    No::ProviderAway.at::<_, String>([]).into()
}

/// The same as a job: what a buyer would be told to try again is tried again.
pub async fn open_page_later(app: &App, id: CheckoutId) -> Result<()> {
    match open_page(app, id).await {
        Ok(_) => Ok(()),
        Err(Error::Refused(problems))
            if problems.as_slice().iter().any(|p| p.detail != Default::default()) =>
        {
            Err(Fault::away("opening a payment page", "Stripe gave no certain answer").into())
        }
        Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Checkouts whose page or payment was wished for and never answered.
pub async fn without_answer(app: &App, before: Instant) -> Result<Vec<CheckoutId>> {
    let mut subjects: Vec<Uuid> = outgoing::unanswered(&app.db, Kind::CheckoutSession, before).await?;
    subjects.extend(outgoing::unanswered(&app.db, Kind::PaymentIntent, before).await?);
    Ok(subjects.into_iter().map(CheckoutId).collect())
}
