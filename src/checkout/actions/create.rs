//! Agreeing to buy: an order, a checkout, and the wish for a payment page, written at once.

use std::net::IpAddr;

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::coupons;
use crate::coupons::model::Customer;
use crate::db::Tx;
use crate::enrollment::model::Source;
use crate::events::Event;
use crate::idempotency::Call;
use crate::identity;
use crate::kernel::money::basis_points_of;
use crate::kernel::secret::digest;
use crate::kernel::{CheckoutId, Denied, Error, Fault, OrderId, Refusal, Result, UserId, Viewer};
use crate::keys::Purpose;
use crate::outgoing;
use crate::queue::Job;
use crate::throttle::{self, Rate};

use super::super::model::{Checkout, CheckoutStatus, PAGE_LIFE, PurchaseOption, Quote, QuoteLine, SEAT_HELD};
use super::super::refusals::CheckoutRefusal as No;
use super::super::store::{self, NewCheckout, NewOrder};
use super::checked::{checked, not_redeemed};
use super::sheet::{SheetKeys, sheet_keys};
use super::{MEMBERSHIP_WINDOW_DAYS, open_page, seats, settle};

/// More orders than this are somebody trying out cards.
const ORDERS: Rate = Rate { burst: 20, every_seconds: 30 };
/// Guests of one house, and orders to one e-mail address.
const GUESTS: Rate = Rate { burst: 30, every_seconds: 20 };
const GUEST_ORDERS: Rate = Rate { burst: 10, every_seconds: 60 };
/// Seats for other people: each writes to a stranger in our name, and keeps a place from others until it is paid.
const COMPANIONS: Rate = Rate { burst: 60, every_seconds: 600 };

/// Who buys.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// Somebody signed in.
    Known(&'a Viewer),
    /// Somebody without an account, or not signed in to it.
    Guest {
        /// Where the receipt goes; who proves it gets what was bought.
        email: &'a str,
        /// Where they are.
        from: IpAddr,
    },
}

/// The same, looked up.
struct Buyer {
    user: Option<UserId>,
    email: String,
    /// Lower-cased, for guests.
    guest: Option<String>,
}

/// A buyer's agreement.
#[derive(Clone, Debug)]
pub struct NewPurchase {
    /// The quote they saw.
    pub quote_token: String,
    /// Made by the client for this wish.
    pub idempotency_key: Uuid,
    /// How they want to pay.
    pub option: PurchaseOption,
    /// What they agreed to: kind and version.
    pub consents: Vec<(&'static str, String)>,
    /// Where to come back to.
    pub return_url: String,
    /// Where "back" leads.
    pub cancel_url: Option<String>,
    /// For an app's sheet: the version of its SDK, if it is older than customer sessions.
    pub sdk_version: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Created {
    /// The attempt to pay.
    pub checkout: Checkout,
    /// What opens an app's sheet, if it is paid in one.
    pub keys: Option<SheetKeys>,
    /// What a guest sees the checkout with. The same key gives it again, so that a lost answer loses nothing.
    pub secret: Option<String>,
}

/// Makes an order of a quote and opens a way to pay for it. The same key gives the same checkout again.
pub async fn create(app: &App, who: Who<'_>, wish: NewPurchase) -> Result<Created> {
    let buyer = buyer_of(app, who).await?;
    let call = call_of(&buyer, &wish);
    let id = match call.earlier(app.db.read()).await? {
        Some(result) => earlier_id(&result)?,
        None => match place(app, &buyer, who, &wish, &call).await {
            Ok(Some(id)) => id,
            // Another call with this key was faster; its result is there now. What it did may also be what refuses
            // this one: it has the thing, or took the last use of a coupon.
            other => match (call.earlier(app.db.read()).await?, other) {
                (Some(result), Ok(_) | Err(Error::Refused(_))) => earlier_id(&result)?,
                (_, Err(error)) => return Err(error),
                (None, Ok(_)) => earlier_id(&serde_json::Value::Null)?,
            },
        },
    };
    let checkout = open_page::open_page(app, id).await?;
    let keys = sheet_keys(app, &checkout, wish.sdk_version.as_deref()).await?;
    Ok(Created { secret: buyer.guest.map(|_| guest_secret(app, id)), checkout, keys })
}

/// Made of the checkout's key and ours, so that it need not be kept: the database has its hash.
fn guest_secret(app: &App, checkout: CheckoutId) -> String {
    app.keys.sign(Purpose::Guest, checkout.to_string().as_bytes())
}

/// Nothing is looked up about a guest's address: whether it has an account must make no difference.
async fn buyer_of(app: &App, who: Who<'_>) -> Result<Buyer> {
    match who {
        Who::Known(viewer) => {
            let account = identity::store::accounts(app, &[viewer.user_id]).await?.remove(&viewer.user_id);
            let email = account.ok_or(Denied::Unauthenticated)?.email;
            Ok(Buyer { user: Some(viewer.user_id), email, guest: None })
        }
        Who::Guest { email, .. } => {
            let email =
                identity::model::email(email).map_err(|_| No::EmailInvalid.at(["input", "buyerEmail"]))?;
            Ok(Buyer { user: None, email: email.written, guest: Some(email.folded) })
        }
    }
}

/// So many orders of one person, and for guests also from one place.
async fn slowly(app: &App, buyer: &Buyer, who: Who<'_>) -> Result<()> {
    match (who, &buyer.guest) {
        (Who::Guest { from, .. }, Some(email)) => {
            throttle::take(app, "checkout:address", &from.to_string(), GUESTS).await?;
            throttle::take(app, "checkout:guest", email, GUEST_ORDERS).await
        }
        (Who::Known(viewer), _) => throttle::take(app, "checkout", &viewer.user_id.to_string(), ORDERS).await,
        (Who::Guest { .. }, None) => Ok(()),
    }
}

/// So many companions of one person, or of all guests from one place.
async fn accompanied(app: &App, who: Who<'_>, quote: &Quote) -> Result<()> {
    let payer = match who {
        Who::Known(viewer) => viewer.user_id.to_string(),
        Who::Guest { from, .. } => from.to_string(),
    };
    let companions = quote.lines.iter().filter(|line| line.session.is_some() && line.gift.is_some()).count();
    if companions == 0 {
        return Ok(());
    }
    let tries = i64::try_from(companions).unwrap_or(i64::MAX);
    throttle::take_several(app, "checkout:companion", &payer, COMPANIONS, tries).await
}

fn call_of(buyer: &Buyer, wish: &NewPurchase) -> Call {
    let consents: Vec<String> =
        wish.consents.iter().map(|(kind, version)| format!("{kind}@{version}")).collect();
    let consents = consents.join(" ");
    let back = wish.cancel_url.as_deref().unwrap_or_default();
    let input = [&wish.quote_token, wish.option.name(), &consents, &wish.return_url, back];
    let key = wish.idempotency_key;
    match buyer.user {
        Some(user) => Call::new(user, "checkoutCreate", key, &input),
        None => Call::of_guest(buyer.guest.as_deref().unwrap_or_default(), "checkoutCreate", key, &input),
    }
}

fn earlier_id(result: &serde_json::Value) -> Result<CheckoutId> {
    let id = result["checkout"].as_str().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::Fault(Fault::new("reading an earlier checkout", result)))
}

/// Checks the wish and writes it. `None` if another call with this key has just done so.
async fn place(
    app: &App,
    buyer: &Buyer,
    who: Who<'_>,
    wish: &NewPurchase,
    call: &Call,
) -> Result<Option<CheckoutId>> {
    slowly(app, buyer, who).await?;
    let customer = Customer { user: buyer.user, email: Some(buyer.email.clone()) };
    let quote = checked(app, wish, &customer).await?;
    accompanied(app, who, &quote).await?;
    let fees = fees_of(app, &quote);

    let mut tx = app.begin().await?;
    let (order, checkout) = (OrderId(tx.id()), CheckoutId(tx.id()));
    let number = order_number(app);
    let new = NewOrder {
        id: order,
        number,
        buyer: buyer.user,
        guest_email: buyer.guest.as_deref(),
        buyer_email: &buyer.email,
        quote: &quote,
        fees: &fees,
        consents: &wish.consents,
        refund_window_days: match quote.recurring() {
            Some(_) => MEMBERSHIP_WINDOW_DAYS,
            None => app.settings.refund_window_days,
        },
    };
    let lines = store::insert_order(&tx, &new).await?;
    let attempt = NewCheckout {
        id: checkout,
        order,
        user: buyer.user,
        secret_hash: buyer.guest.as_ref().map(|_| digest(&[&guest_secret(app, checkout)])),
        option: wish.option,
        quote: &quote,
        return_url: &wish.return_url,
        cancel_url: wish.cancel_url.as_deref(),
        expires_at: tx.now() + if quote.sessions().is_empty() { PAGE_LIFE } else { SEAT_HELD },
    };
    store::insert_checkout(&tx, &attempt).await?;
    if !call.settle(&tx, json!({ "checkout": checkout.to_string() })).await? {
        return Ok(None);
    }
    redeem(&tx, &quote, &customer, order).await?;
    let whose = match buyer.user {
        Some(user) => seats::Buyer::Known(user),
        None => seats::Buyer::Guest(buyer.guest.as_deref().unwrap_or_default()),
    };
    seats::hold_all(&mut tx, &quote, &lines, whose, attempt.expires_at).await?;
    seats::one_at_a_time(&tx, &quote, order).await?;
    let mut created = Event::new("checkout.created", checkout).of_creator(quote.creator).with("order", order);
    if let Some(user) = buyer.user {
        created = created.of_user(user);
    }
    tx.record(created);
    if quote.is_free() {
        finish_free(&mut tx, order, checkout).await?;
    } else {
        outgoing::intend(&tx, open_page::call_for(wish.option), checkout.0).await?;
        // If this process dies before it has asked Stripe, a worker asks with the same key.
        let job = Job::new("checkout.open_page", json!({ "checkout": checkout.to_string() }));
        tx.enqueue(
            job.once(format!("open-page:{checkout}")).not_before(tx.now() + chrono::Duration::seconds(30)),
        );
        if wish.option == PurchaseOption::PaymentSheet || !quote.sessions().is_empty() {
            // Stripe ends pages by itself, but late for a seat; payments never.
            let job = Job::new("payments.close_sheet", json!({ "checkout": checkout.to_string() }));
            tx.enqueue(job.once(format!("close-sheet:{checkout}")).not_before(attempt.expires_at));
        }
    }
    tx.commit().await?;
    Ok(Some(checkout))
}

/// The platform's part of each line.
pub(super) fn fees_of(app: &App, quote: &Quote) -> Vec<i64> {
    let part = |line: &QuoteLine| {
        let rest = line.amount_minor - line.tax_minor;
        basis_points_of(rest, app.settings.platform_fee_basis_points).clamp(0, rest)
    };
    quote.lines.iter().map(part).collect()
}

/// Takes the use of the quote's coupon. After the key was settled, so that the same wish made twice at once takes one.
async fn redeem(tx: &Tx, quote: &Quote, customer: &Customer, order: OrderId) -> Result<()> {
    let Some(coupon) = quote.applied_coupon() else { return Ok(()) };
    let worth = quote.discount_total();
    let taken = coupons::actions::redeem(tx, coupon, customer, order, worth).await?;
    taken.map_err(|reason| not_redeemed(quote, reason))
}

/// Nothing is due: paid at once.
async fn finish_free(tx: &mut Tx, order: OrderId, checkout: CheckoutId) -> Result<()> {
    let gone = || Error::Fault(Fault::new("placing an order", "it is not there"));
    let placed = store::order(tx.conn(), order).await?.ok_or_else(gone)?;
    let attempt = store::checkout(tx.conn(), checkout).await?.ok_or_else(gone)?;
    let at = tx.now();
    settle::mark_paid(tx, &placed, at).await?;
    settle::move_checkout(tx, &attempt, CheckoutStatus::Succeeded, None).await?;
    let lines = settle::bought_lines(tx, &placed).await?;
    settle::grant_lines(tx, &placed, &lines, Source::Free).await?;
    Ok(())
}

pub(super) fn order_number(app: &App) -> String {
    let letters = app.entropy.readable(8);
    format!("AT-{}-{}", &letters[..4], &letters[4..])
}
