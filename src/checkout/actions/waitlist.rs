//! A seat that is bought by itself when somebody who waits gets one: agreeing to it beforehand, and the order when its moment
//! has come. Charging the card is `payments`'.
//!
//! Nothing else is bought than what was agreed to: a price that changed in either direction is for its buyer to decide.

use serde_json::json;
use stripe_gateway::SavedCard;

use crate::app::App;
use crate::coupons::model::Customer;
use crate::events::Event;
use crate::identity;
use crate::kernel::{
    CheckoutId, Denied, Error, Fault, OrderId, Refusal, Result, UserId, Viewer, WaitlistEntryId,
    WorkshopSessionId,
};
use crate::outgoing;
use crate::queue::Job;
use crate::throttle::{self, Rate};
use crate::workshops::actions as workshops;
use crate::workshops::model::{Agreement, Buying, EntryState, WhyNot};

use super::super::model::{ConsentKind, PurchaseOption, Quote, SEAT_HELD};
use super::super::refusals::CheckoutRefusal as No;
use super::super::store::{self, NewCheckout, NewOrder};
use super::super::token;
use super::create::{fees_of, order_number};
use super::{open_page, quote, referral, seats};

const LOOKS: Rate = Rate { burst: 20, every_seconds: 60 };

/// A wish that a seat is bought by itself.
#[derive(Clone, Debug)]
pub struct BuyByItself {
    /// The quote they saw.
    pub quote_token: String,
    /// What they agreed to: kind and version.
    pub consents: Vec<(&'static str, String)>,
    /// `pm_…`; the card that was saved last if there is none.
    pub card: Option<String>,
}

/// Puts the caller on the list of a full session, with a seat that is bought by itself.
pub async fn wait_and_buy(
    app: &App,
    viewer: &Viewer,
    session: WorkshopSessionId,
    wish: BuyByItself,
) -> Result<WaitlistEntryId> {
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    let seen = token::open_fresh(&app.keys, &wish.quote_token, app.now())
        .map_err(|no| Error::from(no.at(["autoBuy", "quoteToken"])))?;
    let needed = seen.waitlist_consents();
    if needed.is_empty() || seen.sessions() != [session] {
        return Err(No::NotByItself.at(["autoBuy", "quoteToken"]).into());
    }
    for consent in needed {
        let agreed =
            |(kind, version): &(&str, String)| *kind == consent.kind.name() && version == consent.version;
        if !wish.consents.iter().any(agreed) {
            return Err(No::WaitlistConsentMissing(consent.kind.name()).at(["autoBuy", "consents"]).into());
        }
    }
    throttle::take(app, "saved-cards", &viewer.user_id.to_string(), LOOKS).await?;
    let card = card_of(app, viewer.user_id, wish.card.as_deref()).await?;
    let agreement = Agreement {
        amount: seen.total(),
        quote: serde_json::to_value(&seen).map_err(|cause| Fault::new("writing a quote", cause))?,
        method: card.id,
        card_brand: card.brand,
        card_last4: card.last4,
        consents: needed
            .iter()
            .map(|consent| (consent.kind.name().to_owned(), consent.version.to_owned()))
            .collect(),
    };
    workshops::join_waitlist(app, viewer, session, Some(agreement)).await
}

/// The card they named, or the one that was saved last.
async fn card_of(app: &App, user: UserId, named: Option<&str>) -> Result<SavedCard> {
    let none = || Error::from(No::NoSavedCard.at(["autoBuy", "paymentMethodId"]));
    let customer = store::customer(app.db.read(), user).await?.ok_or_else(none)?;
    let saved = match app.stripe.saved_cards(&customer).await {
        Ok(saved) => saved,
        Err(error) => {
            tracing::warn!(%error, "saved cards could not be read");
            return Err(No::ProviderAway.at::<_, String>([]).into());
        }
    };
    saved.into_iter().find(|card| named.is_none_or(|named| card.id == named)).ok_or_else(none)
}

/// The checkout of a seat that is to be bought by itself, made if its moment is now. None when there is nothing to buy;
/// what cannot be bought is offered as to everybody else.
pub async fn place_offered(app: &App, entry: WaitlistEntryId) -> Result<Option<(CheckoutId, Buying)>> {
    let found = crate::workshops::store::buying(app.db.read(), entry).await?;
    let Some(buying) = found.filter(|buying| buying.ended_at.is_none()) else { return Ok(None) };
    if let Some(checkout) = buying.checkout {
        return Ok(Some((checkout, buying)));
    }
    let waits = crate::workshops::store::entry(app.db.read(), entry).await?;
    let Some(waits) = waits.filter(|waits| waits.state == EntryState::Offered) else { return Ok(None) };
    let account = identity::store::accounts(app, &[waits.user]).await?.remove(&waits.user);
    let email = account.ok_or(Denied::NotFound)?.email;
    let placed = match as_agreed(app, &buying, waits.user, &email).await {
        Ok(Some(quote)) => place(app, entry, waits.user, &email, &quote).await,
        Ok(None) => {
            workshops::offer_instead(app, entry, WhyNot::PriceChanged).await?;
            return Ok(None);
        }
        Err(error) => Err(error),
    };
    match placed {
        Ok(placed) => Ok(placed.map(|checkout| (checkout, buying))),
        // Such as a tax that cannot be worked out at the moment.
        Err(Error::Refused(problems))
            if problems.as_slice().iter().any(|p| p.detail != Default::default()) =>
        {
            let why = problems.as_slice().iter().map(|p| p.message.as_str()).collect::<Vec<_>>().join(" ");
            tracing::warn!(%entry, why, "a seat could not be bought by itself");
            workshops::offer_instead(app, entry, WhyNot::NotPossible).await?;
            Ok(None)
        }
        Err(Error::Refused(_)) => {
            workshops::offer_instead(app, entry, WhyNot::PriceChanged).await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What was agreed to, if it costs the same today.
async fn as_agreed(app: &App, buying: &Buying, user: UserId, email: &str) -> Result<Option<Quote>> {
    let seen: Quote = serde_json::from_value(buying.agreement.quote.clone())
        .map_err(|cause| Fault::new("reading what was agreed to", cause))?;
    let customer = Customer { user: Some(user), email: Some(email.to_owned()) };
    let now = quote::again(app, &seen, &customer).await?;
    referral::check_buyer(app, &now, user).await?;
    Ok((now.costs_the_same_as(&seen) && now.total() == buying.agreement.amount).then_some(now))
}

async fn place(
    app: &App,
    entry: WaitlistEntryId,
    user: UserId,
    email: &str,
    quote: &Quote,
) -> Result<Option<CheckoutId>> {
    let mut tx = app.begin().await?;
    let Some((_, buying)) = workshops::buying_due(&tx, entry).await? else { return Ok(None) };
    let (order, checkout) = (OrderId(tx.id()), CheckoutId(tx.id()));
    let agreed = buying.agreement.consents.iter();
    let consents: Vec<(&'static str, String)> =
        agreed.filter_map(|(kind, version)| Some((ConsentKind::of(kind)?.name(), version.clone()))).collect();
    let new = NewOrder {
        id: order,
        number: order_number(app),
        buyer: Some(user),
        guest_email: None,
        buyer_email: email,
        quote,
        fees: &fees_of(app, quote),
        consents: &consents,
        refund_window_days: app.settings.refund_window_days,
    };
    let lines = store::insert_order(&tx, &new).await?;
    let until = tx.now() + SEAT_HELD;
    let home = app.link("/");
    let attempt = NewCheckout {
        id: checkout,
        order,
        user: Some(user),
        secret_hash: None,
        option: PurchaseOption::PaymentSheet,
        quote,
        return_url: &home,
        cancel_url: None,
        expires_at: until,
    };
    store::insert_checkout(&tx, &attempt).await?;
    if !crate::workshops::store::begin_buying(&tx, entry, checkout).await? {
        return Ok(None);
    }
    seats::hold_all(&mut tx, quote, &lines, (Some(user), None), until).await?;
    let created = Event::new("checkout.created", checkout).of_creator(quote.creator).of_user(user);
    tx.record(created.with("order", order).with("entry", entry));
    outgoing::intend(&tx, open_page::call_for(attempt.option), checkout.0).await?;
    let job = Job::new("payments.close_sheet", json!({ "checkout": checkout.to_string() }));
    tx.enqueue(job.once(format!("close-sheet:{checkout}")).not_before(until));
    tx.commit().await?;
    Ok(Some(checkout))
}
