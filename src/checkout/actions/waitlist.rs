//! Agreeing that a seat is bought by itself when somebody who waits gets one: to what it costs, for which date, under which
//! words, and with which card.
//!
//! Not here: the purchase when its moment has come (`offered`), and charging the card, which is `payments`'.

use chrono::Datelike;
use stripe_gateway::SavedCard;

use crate::app::App;
use crate::coupons::model::Customer;
use crate::identity;
use crate::kernel::text::Checks;
use crate::kernel::{
    Denied, Error, Fault, Instant, Refusal, Result, UserId, Viewer, WaitlistEntryId, WorkshopSessionId,
};
use crate::throttle::{self, Rate};
use crate::workshops::actions as workshops;
use crate::workshops::model::{Agreement, Terms};
use crate::workshops::refusals::WorkshopRefusal;

use super::super::model::Quote;
use super::super::refusals::CheckoutRefusal as No;
use super::super::store;
use super::super::token;
use super::checked::at_token;
use super::{quote, referral};

const LOOKS: Rate = Rate { burst: 20, every_seconds: 60 };
const TOKEN: [&str; 2] = ["autoBuy", "quoteToken"];

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
    (session, seats): (WorkshopSessionId, Option<i32>),
    wish: BuyByItself,
) -> Result<WaitlistEntryId> {
    if !viewer.email_verified {
        return Err(No::EmailNotVerified.at::<_, String>([]).into());
    }
    let seen =
        token::open_fresh(&app.keys, &wish.quote_token, app.now()).map_err(|no| Error::from(no.at(TOKEN)))?;
    may_be_agreed_to(&seen, session, &wish)?;
    let terms = as_shown(app, &seen, session).await?;
    costs_as_shown(app, &seen, viewer.user_id).await?;
    throttle::take(app, "saved-cards", &viewer.user_id.to_string(), LOOKS).await?;
    let card = card_of(app, viewer.user_id, wish.card.as_deref()).await?;
    let consents = seen.waitlist_consents().iter();
    let agreement = Agreement {
        amount: seen.total(),
        terms,
        quote: serde_json::to_value(&seen).map_err(|cause| Fault::new("writing a quote", cause))?,
        method: card.id,
        card_brand: card.brand,
        card_last4: card.last4,
        consents: consents
            .map(|consent| (consent.kind.name().to_owned(), consent.version.to_owned()))
            .collect(),
    };
    let wish = workshops::Wish { seats, agreement: Some(agreement) };
    workshops::join_waitlist(app, viewer, session, wish).await
}

/// One seat at this session, that can be paid where they are, and every word of it agreed to.
fn may_be_agreed_to(seen: &Quote, session: WorkshopSessionId, wish: &BuyByItself) -> Result<()> {
    if !seen.is_one_seat() || seen.sessions() != [session] {
        return Err(No::NotByItself.at(TOKEN).into());
    }
    if seen.purchase_options().is_empty() {
        return Err(No::NotPaidByItself.at(TOKEN).into());
    }
    let mut checks = Checks::default();
    for consent in seen.waitlist_consents() {
        let agreed =
            |(kind, version): &(&str, String)| *kind == consent.kind.name() && version == consent.version;
        if !wish.consents.iter().any(agreed) {
            checks.add(No::WaitlistConsentMissing(consent.kind.name()).at(["autoBuy", "consents"]));
        }
    }
    checks.done()
}

/// For which date, under which policy: refuses a quote that was made for another.
async fn as_shown(app: &App, seen: &Quote, session: WorkshopSessionId) -> Result<Terms> {
    let session = crate::workshops::store::session(app.db.read(), session).await?.ok_or(Denied::NotFound)?;
    session.open_for_seats(app.now()).map_err(|no| Error::from(no.at(["sessionId"])))?;
    let terms = workshops::terms(app.db.read(), &session).await?;
    let shown = seen.lines.first().and_then(|line| line.terms.as_ref());
    match shown == Some(&terms.mark()) {
        true => Ok(terms),
        false => Err(WorkshopRefusal::TermsChanged.at(TOKEN).into()),
    }
}

/// As for a purchase at once: nobody agrees to a price that is not asked any more, nor earns by their own purchase.
async fn costs_as_shown(app: &App, seen: &Quote, user: UserId) -> Result<()> {
    let account = identity::store::accounts(app, &[user]).await?.remove(&user);
    let email = account.ok_or(Denied::Unauthenticated)?.email;
    let customer = Customer { user: Some(user), email: Some(email) };
    let own = |error| at_token(error, TOKEN);
    referral::check_buyer(app, seen, user).await.map_err(own)?;
    let now = quote::again(app, seen, &customer).await.map_err(own)?;
    match now.costs_the_same_as(seen) {
        true => Ok(()),
        false => Err(No::PriceChanged(token::seal(&app.keys, &now)?).at(TOKEN).into()),
    }
}

/// The card they named, or the one that was saved last, if it is good this month.
async fn card_of(app: &App, user: UserId, named: Option<&str>) -> Result<SavedCard> {
    let refused = |no: No| Error::from(no.at(["autoBuy", "paymentMethodId"]));
    let customer = store::customer(app.db.read(), user).await?;
    let customer = customer.ok_or_else(|| refused(No::NoSavedCard))?;
    let saved = match app.stripe.saved_cards(&customer).await {
        Ok(saved) => saved,
        Err(error) => {
            tracing::warn!(%error, "saved cards could not be read");
            return Err(No::CardsAway.at::<_, String>([]).into());
        }
    };
    let found = saved.into_iter().find(|card| named.is_none_or(|named| card.id == named));
    let card = found.ok_or_else(|| refused(No::NoSavedCard))?;
    if has_expired(&card, app.now()) { Err(refused(No::CardExpired)) } else { Ok(card) }
}

fn has_expired(card: &SavedCard, now: Instant) -> bool {
    (card.exp_year, card.exp_month) < (now.year(), now.month())
}
