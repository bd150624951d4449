//! A creator asks for their money now, or says when it shall come by itself.

use std::collections::HashMap;

use stripe_gateway::{IdempotencyKey, StripeError};
use uuid::Uuid;

use crate::app::App;
use crate::creators::Desk;
use crate::events::Event;
use crate::idempotency::Call;
use crate::kernel::{Denied, Error, Fault, Money, PayoutId, PublicId, Refusal, Result};
use crate::outgoing::{self, Intent, Kind};

use super::super::model::{Interval, Payout, PayoutAccount, PayoutState, State};
use super::super::refusals::PayoutRefusal as No;
use super::super::store;
use super::note_payout::note;

const MUTATION: &str = "payoutRequest";

/// Sends a part of what a creator has at Stripe to their bank. The same key gives the same payout.
pub async fn request_payout(app: &App, desk: &Desk, amount: Money, key: Uuid) -> Result<Payout> {
    let wish = [desk.creator_id.to_string(), amount.minor.to_string(), amount.currency.code().to_owned()];
    let wish: Vec<&str> = wish.iter().map(String::as_str).collect();
    let call = Call::new(desk.user_id, MUTATION, key, &wish);
    let id = match earlier(app, &call).await? {
        Some(id) => id,
        None => intend(app, desk, amount, &call).await?,
    };
    pay(app, id).await?;
    let payout = store::payout(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    match payout.state {
        PayoutState::Refused => Err(No::BalanceInsufficient.at(["amount"]).into()),
        _ => Ok(payout),
    }
}

async fn earlier(app: &App, call: &Call) -> Result<Option<PayoutId>> {
    let Some(result) = call.earlier(app.db.read()).await? else { return Ok(None) };
    let id = result["payout"].as_str().and_then(|id| id.parse().ok());
    id.map(Some).ok_or_else(|| Error::Fault(Fault::new("reading an earlier payout", &result)))
}

/// Writes the payout down if there is enough, one wish after the other.
async fn intend(app: &App, desk: &Desk, amount: Money, call: &Call) -> Result<PayoutId> {
    if amount.minor <= 0 {
        return Err(No::AmountInvalid.at(["amount"]).into());
    }
    let tx = app.begin().await?;
    let account = store::lock_account(&tx, desk.creator_id).await?;
    let account: PayoutAccount = account
        .filter(|account| account.state == State::Ready)
        .ok_or_else(|| Error::from(No::AccountIncomplete.at(["creatorId"])))?;
    if store::is_held(tx.conn(), desk.creator_id).await? {
        return Err(No::HeldByPlatform.at(["creatorId"]).into());
    }
    let there = store::at_stripe(tx.conn(), desk.creator_id).await?;
    let there = there.iter().find(|money| money.currency == amount.currency).map_or(0, |money| money.minor);
    let asked = store::asked_for(tx.conn(), desk.creator_id, amount.currency).await?;
    if there - asked < amount.minor {
        return Err(No::BalanceInsufficient.at(["amount"]).into());
    }
    let payout = Payout {
        id: PayoutId(tx.id()),
        creator: desk.creator_id,
        destination: account.stripe_account,
        amount,
        state: PayoutState::Intended,
        is_automatic: false,
        stripe_id: None,
        failure: None,
        arrives_at: None,
        created_at: tx.now(),
    };
    store::insert_payout(&tx, &payout, Some(desk.user_id)).await?;
    outgoing::intend(&tx, Kind::Payout, payout.id.0).await?;
    if !call.settle(&tx, serde_json::json!({ "payout": payout.id.to_string() })).await? {
        drop(tx);
        return earlier(app, call).await?.ok_or_else(|| Denied::NotFound.into());
    }
    tx.commit().await?;
    Ok(payout.id)
}

/// Asks Stripe for a payout that was written down, and notes the answer.
pub(super) async fn pay(app: &App, id: PayoutId) -> Result<()> {
    let Some(payout) = store::payout(app.db.read(), id).await? else { return Ok(()) };
    if payout.state != PayoutState::Intended {
        return Ok(());
    }
    let tx = app.begin().await?;
    let intent = outgoing::intend(&tx, Kind::Payout, id.0).await?;
    tx.commit().await?;
    let ours = HashMap::from([("payout".to_owned(), id.to_string())]);
    let (amount, currency) = (payout.amount.minor, payout.amount.currency.code());
    let answer = app.stripe.create_payout(&intent.key, &payout.destination, amount, currency, ours).await;
    match answer {
        Ok(read) => note(app, payout.creator, &payout.destination, &read).await,
        Err(error) if error.is_uncertain() => Err(No::ProviderAway.at::<_, String>([]).into()),
        Err(error) => refused(app, payout, &intent, &error).await,
    }
}

async fn refused(app: &App, payout: Payout, intent: &Intent, error: &StripeError) -> Result<()> {
    tracing::warn!(payout = %payout.id, %error, "Stripe refused a payout");
    let tx = app.begin().await?;
    outgoing::refused(&tx, intent, error).await?;
    let failure = Some(error.to_string().chars().take(500).collect());
    store::update_payout(&tx, &Payout { state: PayoutState::Refused, failure, ..payout }).await?;
    tx.commit().await
}

/// Says when Stripe pays the creator out by itself. Saying it twice is saying it once.
pub async fn set_schedule(
    app: &App,
    desk: &Desk,
    interval: Interval,
    minimum: bool,
) -> Result<PayoutAccount> {
    if minimum {
        return Err(No::MinimumUnserved.at(["schedule", "minimum"]).into());
    }
    let account = store::account(app.db.read(), desk.creator_id).await?;
    let account = account.ok_or_else(|| Error::from(No::AccountIncomplete.at(["creatorId"])))?;
    // Setting is the same however often it is done, so each wish may have a key of its own.
    let key = IdempotencyKey::for_attempt("sc", &app.entropy.id(app.now()).simple().to_string(), 1)
        .map_err(|error| Fault::new("setting a schedule", error))?;
    let word = interval.name().to_ascii_lowercase();
    match app.stripe.set_payout_interval(&key, &account.stripe_account, &word).await {
        Ok(()) => {}
        Err(error) if error.is_uncertain() => return Err(No::ProviderAway.at::<_, String>([]).into()),
        Err(error) => return Err(Fault::new("setting a schedule", error).into()),
    }
    let mut tx = app.begin().await?;
    store::set_schedule(&tx, desk.creator_id, interval).await?;
    tx.record(Event::new("payout_account.changed", desk.creator_id).of_creator(desk.creator_id));
    tx.commit().await?;
    Ok(account)
}

/// The key of a payout as the database has it.
pub(super) fn key_of(id: Uuid) -> PayoutId {
    PayoutId::of(id)
}
