//! What Stripe says of a payout: noted forward only, in the creator's second book, with a statement and a letter.

use stripe_gateway::{Payout as Read, PayoutStatus, StripeError};

use crate::app::App;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{CreatorId, Currency, Denied, Error, Fault, Money, PayoutId, Result};
use crate::outgoing::{self, Kind};
use crate::payments::ledger::{Account, Journal};
use crate::payments::store as book;

use super::super::letters;
use super::super::model::{MovementKind, Payout, PayoutState};
use super::super::store::{self, NewMovement};
use super::statement::issue;

/// Reads a payout of a creator's account at Stripe and notes how far it is.
pub async fn read_payout(app: &App, stripe_id: &str, account: &str) -> Result<()> {
    let Some(owner) = store::account_at_stripe(app.db.read(), account).await? else {
        tracing::warn!(account, "an event is about a payout of an account that belongs to no creator");
        return Ok(());
    };
    let read = match app.stripe.payout(stripe_id, Some(account)).await {
        Ok(read) => read,
        Err(error @ StripeError::NotFound { .. }) => {
            return Err(Fault::away("reading a payout", error).into());
        }
        Err(error) => return Err(outgoing::away("reading a payout", &error)),
    };
    note(app, owner.creator, account, &read).await
}

/// Notes how far a payout is; whoever says so first.
pub(super) async fn note(app: &App, creator: CreatorId, account: &str, read: &Read) -> Result<()> {
    let state = PayoutState::read(read.status)
        .ok_or_else(|| Fault::new("reading a payout", format!("{} is in an unknown state", read.id)))?;
    let currency: Currency =
        read.currency.parse().map_err(|cause| Error::Fault(Fault::new("reading a payout", cause)))?;
    let mut tx = app.begin().await?;
    store::lock_account(&tx, creator).await?;
    let known = known(&tx, creator, read).await?;
    let before = known.as_ref().map(|payout| payout.state);
    if before.is_some_and(|before| before >= state) {
        return Ok(());
    }
    let now = Payout {
        id: known.as_ref().map_or_else(|| PayoutId(tx.id()), |payout| payout.id),
        creator,
        destination: account.to_owned(),
        amount: Money::new(read.amount_minor, currency),
        state,
        is_automatic: read.automatic,
        stripe_id: Some(read.id.clone()),
        failure: read.failure.clone(),
        arrives_at: Some(read.arrives_at),
        created_at: read.created,
    };
    write(&tx, known.as_ref(), &now, &read.id).await?;
    if before.is_none_or(|before| before == PayoutState::Intended) {
        left(&tx, &now, read).await?;
    }
    match state {
        PayoutState::Paid => letters::paid(app, &mut tx, &now).await?,
        PayoutState::Failed => returned(app, &mut tx, &now, read).await?,
        _ => {}
    }
    tx.record(Event::new("payout.changed", now.id).of_creator(creator));
    tx.commit().await
}

/// Ours by the id we gave it, or by Stripe's.
async fn known(tx: &Tx, creator: CreatorId, read: &Read) -> Result<Option<Payout>> {
    if let Some(id) = read.metadata.get("payout").and_then(|id| id.parse::<PayoutId>().ok())
        && let Some(payout) = store::payout(tx.conn(), id).await?.filter(|payout| payout.creator == creator)
    {
        return Ok(Some(payout));
    }
    store::payout_at_stripe(tx.conn(), &read.id).await
}

async fn write(tx: &Tx, known: Option<&Payout>, now: &Payout, stripe_id: &str) -> Result<()> {
    let Some(known) = known else { return store::insert_payout(tx, now, None).await };
    if known.state == PayoutState::Intended {
        let intent = outgoing::intend(tx, Kind::Payout, known.id.0).await?;
        outgoing::answered(tx, &intent, stripe_id).await?;
    }
    store::update_payout(tx, now).await
}

/// The money has left the creator's balance: it is in the second book, and its statement is sealed.
async fn left(tx: &Tx, payout: &Payout, read: &Read) -> Result<()> {
    let out = movement(payout, MovementKind::Payout, &read.id, -payout.amount.minor, read);
    if store::record_movement(tx, &out).await? {
        issue(tx, payout).await?;
    }
    Ok(())
}

/// The bank sent the money back: it is the creator's at Stripe again.
async fn returned(app: &App, tx: &mut Tx, payout: &Payout, read: &Read) -> Result<()> {
    let mut back = movement(payout, MovementKind::PayoutReturned, &read.id, payout.amount.minor, read);
    back.at = tx.now();
    store::record_movement(tx, &back).await?;
    letters::failed(app, tx, payout).await
}

fn movement<'a>(
    payout: &Payout,
    kind: MovementKind,
    id: &'a str,
    amount_minor: i64,
    read: &Read,
) -> NewMovement<'a> {
    NewMovement {
        creator: payout.creator,
        currency: payout.amount.currency,
        kind,
        external_id: id,
        order: None,
        amount_minor,
        at: read.created,
    }
}

/// Reads a payout of our own balance and books it: when the bank has it, and exactly back if the bank returns it.
pub async fn read_own_payout(app: &App, stripe_id: &str) -> Result<()> {
    let read = app.stripe.payout(stripe_id, None).await;
    let read = read.map_err(|error| outgoing::away("reading our own payout", &error))?;
    let currency: Currency =
        read.currency.parse().map_err(|cause| Error::Fault(Fault::new("reading our own payout", cause)))?;
    let amount = read.amount_minor;
    let tx = app.begin().await?;
    let (kind, amount, at) = match read.status {
        PayoutStatus::Paid => ("PLATFORM_PAYOUT", amount, read.created),
        PayoutStatus::Failed | PayoutStatus::Canceled
            if book::is_booked(tx.conn(), "PLATFORM_PAYOUT", &read.id).await? =>
        {
            ("PLATFORM_PAYOUT_FAILED", -amount, tx.now())
        }
        _ => return Ok(()),
    };
    let sides = [(Account::Bank, amount), (Account::Stripe, -amount)];
    book::book(&tx, &Journal::new(kind, &read.id, None, currency, at, sides)?).await?;
    tx.commit().await
}

/// Reads payouts again that should have moved by now.
pub(super) async fn reread_payouts(app: &App) -> Result<()> {
    let mut first_failure = None;
    for payout in store::unsettled(&app.db, app.now() - chrono::Duration::days(1)).await? {
        let Some(stripe_id) = &payout.stripe_id else { continue };
        if let Err(error) = read_payout(app, stripe_id, &payout.destination).await {
            super::release::note(&mut first_failure, error);
        }
    }
    first_failure.map_or(Ok(()), Err)
}

/// One payout, if it belongs to this desk.
pub async fn payout_of(app: &App, desk: &crate::creators::Desk, id: PayoutId) -> Result<Payout> {
    let found = store::payout(app.db.read(), id).await?;
    Ok(found.filter(|payout| payout.creator == desk.creator_id).ok_or(Denied::NotFound)?)
}
