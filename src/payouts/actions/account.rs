//! Opening a creator's account, leading them to Stripe's form, and reading how far they got.

use std::collections::HashMap;

use serde_json::json;
use stripe_gateway::{AccountState as StripeAccount, IdempotencyKey, StripeError};

use crate::app::App;
use crate::creators::{self, Desk};
use crate::events::Event;
use crate::identity;
use crate::kernel::{CreatorId, Denied, Error, Fault, PublicId, Refusal, Result};
use crate::outgoing::{self, Kind};
use crate::payments;

use super::super::letters;
use super::super::model::{Interval, PayoutAccount, State};
use super::super::refusals::PayoutRefusal as No;
use super::super::store;

/// The way to Stripe's form for this creator. Opens their account the first time; a new link each time.
pub async fn onboarding_link(app: &App, desk: &Desk, return_url: &str) -> Result<String> {
    if !app.is_web_address(return_url) {
        return Err(No::UrlInvalid.at(["returnUrl"]).into());
    }
    let account = match store::account(app.db.read(), desk.creator_id).await? {
        Some(account) => account.stripe_account,
        None => open(app, desk).await?,
    };
    // A link works once, so each click is a wish of its own.
    let key = IdempotencyKey::for_attempt("al", &app.entropy.id(app.now()).simple().to_string(), 1)
        .map_err(|error| Fault::new("asking for an account link", error))?;
    // Stripe sends people whose link ran out back to the same place, where they click again and are checked again.
    let link = app.stripe.create_account_link(&key, &account, return_url, return_url).await;
    link.map(|link| link.url).map_err(|error| match error {
        error if error.is_uncertain() => Error::from(No::ProviderAway.at::<_, String>([])),
        error => Fault::new("asking for an account link", error).into(),
    })
}

/// Opens the creator's account at Stripe, once, whatever dies in between.
async fn open(app: &App, desk: &Desk) -> Result<String> {
    let creator = creators::store::by_id(app.db.read(), desk.creator_id).await?.ok_or(Denied::NotFound)?;
    let owner = identity::store::accounts(app, &[desk.user_id]).await?.remove(&desk.user_id);
    let email = owner.ok_or(Denied::Unauthenticated)?.email;
    let tx = app.begin().await?;
    let intent = outgoing::intend(&tx, Kind::Account, desk.creator_id.uuid()).await?;
    tx.commit().await?;
    let ours = HashMap::from([("creator".to_owned(), desk.creator_id.to_string())]);
    let answer = app.stripe.create_account(&intent.key, &creator.country, &email, ours).await;
    let mut tx = app.begin().await?;
    match answer {
        Ok(read) => {
            outgoing::answered(&tx, &intent, &read.id).await?;
            store::insert(&tx, desk.creator_id, &creator.country, &read).await?;
            tx.record(Event::new("payout_account.opened", desk.creator_id).of_creator(desk.creator_id));
            tx.commit().await?;
            Ok(read.id)
        }
        Err(error) if error.is_uncertain() => Err(No::ProviderAway.at::<_, String>([]).into()),
        Err(error) => {
            tracing::warn!(creator = %desk.creator_id, %error, "Stripe refused to open an account");
            outgoing::refused(&tx, &intent, &error).await?;
            tx.commit().await?;
            Err(No::CountryUnserved.at(["creatorId"]).into())
        }
    }
}

/// Reads an account at Stripe and writes down how far it is. An account that is not ours is left alone.
pub async fn read_account(app: &App, stripe_id: &str) -> Result<()> {
    let Some(known) = store::account_at_stripe(app.db.read(), stripe_id).await? else {
        return of_nobody(app, stripe_id).await;
    };
    let read = match app.stripe.account(stripe_id).await {
        Ok(read) => read,
        Err(error @ (StripeError::NotFound { .. } | StripeError::Unauthorized { .. })) => {
            // The creator has taken our right to it back; nothing can be read any more.
            tracing::warn!(stripe_id, %error, "a creator's account cannot be read");
            return Ok(());
        }
        Err(error) => return Err(Fault::away("reading an account", error).into()),
    };
    note(app, &known, &read).await
}

/// An account nobody has: perhaps ours is just being opened and not written down yet, else a person must look.
async fn of_nobody(app: &App, stripe_id: &str) -> Result<()> {
    let soon = app.now() + chrono::Duration::seconds(1);
    if !outgoing::unanswered(&app.db, Kind::Account, soon).await?.is_empty() {
        return Err(Fault::away("reading an account", "one is just being opened").into());
    }
    let tx = app.begin().await?;
    let detail = json!({ "account": stripe_id, "reason": "it belongs to no creator" });
    payments::store::open_case(&tx, "EVENT_UNKNOWN_ACCOUNT", stripe_id, detail).await?;
    tx.commit().await
}

async fn note(app: &App, known: &PayoutAccount, read: &StripeAccount) -> Result<()> {
    let mut tx = app.begin().await?;
    store::update(&tx, known.creator, read).await?;
    if let Some(interval) = read.payout_interval.as_deref().and_then(Interval::of) {
        store::set_schedule(&tx, known.creator, interval).await?;
    }
    let now = store::account(tx.conn(), known.creator).await?;
    if now.as_ref() != Some(known) {
        tx.record(Event::new("payout_account.changed", known.creator).of_creator(known.creator));
        if let Some(now) = &now {
            letters::something_is_wanted(app, &mut tx, now).await?;
        }
        if now.is_some_and(|now| now.state == State::Ready) {
            tx.enqueue(super::send::job_for(known.creator));
        }
    }
    tx.commit().await
}

/// Reads accounts again that no event has spoken of for a day.
pub async fn reread(app: &App) -> Result<()> {
    let mut first_failure = None;
    for account in store::unread_since(&app.db, app.now() - store::STALE_AFTER).await? {
        if let Err(error) = read_account(app, &account).await {
            first_failure.get_or_insert(error);
        }
    }
    first_failure.map_or(Ok(()), Err)
}

/// The creator's account, as last read.
pub async fn account_of(app: &App, desk: &Desk) -> Result<Option<PayoutAccount>> {
    store::account(app.db.read(), desk.creator_id).await
}

/// Whether a creator can be paid; the studio's checklist asks.
pub async fn is_ready(app: &App, creator: CreatorId) -> Result<bool> {
    let account = store::account(app.db.read(), creator).await?;
    Ok(account.is_some_and(|account| account.state == State::Ready))
}
