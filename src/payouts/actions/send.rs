//! Sending creators what is due to them: intended and committed first, then asked for, then booked with its answer.
//!
//! Safe to call at any time and from several places at once. What an order's payee owes back on other orders is kept
//! here instead of sent.

use std::collections::HashMap;

use serde_json::json;
use stripe_gateway::{NewTransfer, StripeError, Transfer as Sent};

use crate::app::App;
use crate::checkout::model::{Order, OrderStatus};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{CreatorId, Denied, Fault, Result};
use crate::outgoing::{self, Intent, Kind};
use crate::payments::ledger::{Account, Journal};
use crate::payments::store as book;
use crate::queue::Job;

use super::super::model::{
    KEY_LIFE, MovementKind, REST_AFTER_REFUSAL, State, Transfer, TransferState, sendable,
};
use super::super::store::{self, NewMovement, Position};
use super::release::note;
use super::reverse::request_reversals;

/// The job that sends a creator all that is due.
pub(super) fn job_for(creator: CreatorId) -> Job {
    Job::new("payouts.send_all", json!({ "payee": creator.to_string() }))
}

/// Sends everything that is due, to one payee or to all. One that fails does not keep the others waiting.
pub async fn send_all(app: &App, payee: Option<CreatorId>) -> Result<()> {
    let (mut first_failure, mut after) = (None, None);
    loop {
        let found = store::sendable(&app.db, payee, after).await?;
        let Some(last) = found.last().copied() else { break };
        for at in found {
            if let Err(error) = send(app, at).await {
                note(&mut first_failure, error);
            }
        }
        after = Some(last);
    }
    first_failure.map_or(Ok(()), Err)
}

/// Sends a payee what is due of one order, as far as it may be sent.
pub async fn send(app: &App, at: Position) -> Result<()> {
    match plan(app, at).await? {
        Some((transfer, intent)) => make(app, &transfer, &intent).await,
        None => Ok(()),
    }
}

/// The transfer to make now, written down with its key: the one under way, or a new one.
async fn plan(app: &App, at: Position) -> Result<Option<(Transfer, Intent)>> {
    let tx = app.begin().await?;
    let Some(order) = crate::checkout::store::lock_order(&tx, at.order).await? else { return Ok(None) };
    let earlier = store::transfers_of(tx.conn(), at).await?;
    let going = earlier.into_iter().find(|transfer| transfer.state == TransferState::Intended);
    let transfer = match going {
        Some(transfer) => transfer,
        None => match wanted(&tx, &order, at).await? {
            Some(transfer) => {
                store::insert_transfer(&tx, &transfer).await?;
                transfer
            }
            None => return tx.commit().await.map(|()| None),
        },
    };
    let intent = outgoing::intend(&tx, Kind::Transfer, transfer.id).await?;
    tx.commit().await?;
    Ok(Some((transfer, intent)))
}

/// A new transfer of what is due, if anything may be sent.
async fn wanted(tx: &Tx, order: &Order, at: Position) -> Result<Option<Transfer>> {
    let rests =
        store::last_refusal(tx.conn(), at).await?.is_some_and(|at| at > tx.now() - REST_AFTER_REFUSAL);
    let account = store::lock_account(tx, at.payee).await?.filter(|account| account.state == State::Ready);
    let Some(account) = account.filter(|_| !rests && order.status != OrderStatus::Disputed) else {
        return Ok(None);
    };
    if store::is_held(tx.conn(), at.payee).await? {
        return Ok(None);
    }
    let balances = book::balances_of_order(tx.conn(), order.id).await?;
    let due = balances.iter().find(|(account, _)| *account == Account::Due(at.payee));
    let due = due.map_or(0, |(_, amount)| -amount);
    let all = store::due_of(tx.conn(), at.payee, order.currency).await?;
    let under_way = store::under_way(tx.conn(), at.payee, order.currency).await?;
    let amount_minor = sendable(due, all, under_way);
    if amount_minor == 0 {
        return Ok(None);
    }
    let Some(charge) = charge_with_room(tx, order, amount_minor).await? else { return Ok(None) };
    Ok(Some(Transfer {
        id: tx.id(),
        order: order.id,
        payee: at.payee,
        charge,
        destination: account.stripe_account,
        currency: order.currency,
        amount_minor,
        state: TransferState::Intended,
        stripe_id: None,
        created_at: tx.now(),
    }))
}

/// The charge that paid for an order, if this much of it has not been sent yet. More is never asked for: a person
/// must look at a book that wants it.
async fn charge_with_room(tx: &Tx, order: &Order, amount_minor: i64) -> Result<Option<String>> {
    let charge = book::charge_of_order(tx.conn(), order.id).await?;
    if let Some((charge, paid)) = &charge
        && store::sent_of_charge(tx.conn(), charge).await? + amount_minor <= *paid
    {
        return Ok(Some(charge.clone()));
    }
    let detail = json!({ "order": order.id.to_string(), "charge": charge, "wanted": amount_minor });
    book::open_case(tx, "TRANSFER_EXCEEDS_CHARGE", &order.id.to_string(), detail).await?;
    Ok(None)
}

/// Asks for a transfer and notes the answer.
pub(super) async fn make(app: &App, transfer: &Transfer, intent: &Intent) -> Result<()> {
    match ask(app, transfer, intent).await {
        Ok(sent) => note_sent(app, transfer, &sent).await,
        Err(error) if error.is_uncertain() => Err(outgoing::away("sending a transfer", &error)),
        Err(error) => note_refused(app, transfer, intent, &error).await,
    }
}

/// A key that may be forgotten is not trusted: the transfer is looked up first.
async fn ask(app: &App, transfer: &Transfer, intent: &Intent) -> std::result::Result<Sent, StripeError> {
    let (group, ours) = (transfer.order.to_string(), transfer.id.to_string());
    if transfer.created_at < app.now() - KEY_LIFE {
        let known = app.stripe.transfers_of(&group).await?;
        let known = known.into_iter().find(|sent| sent.metadata.get("transfer") == Some(&ours));
        if let Some(sent) = known {
            return Ok(sent);
        }
    }
    let new = NewTransfer {
        amount_minor: transfer.amount_minor,
        currency: transfer.currency.code().to_owned(),
        destination: transfer.destination.clone(),
        source_charge: transfer.charge.clone(),
        group: group.clone(),
        metadata: HashMap::from([
            ("transfer".to_owned(), ours),
            ("order".to_owned(), group),
            ("payee".to_owned(), transfer.payee.to_string()),
        ]),
    };
    app.stripe.create_transfer(&intent.key, new).await
}

/// Books a transfer that was made, once, whoever says so first.
pub(super) async fn note_sent(app: &App, transfer: &Transfer, sent: &Sent) -> Result<()> {
    let mut tx = app.begin().await?;
    let order = crate::checkout::store::lock_order(&tx, transfer.order).await?.ok_or(Denied::NotFound)?;
    let now = store::transfer(tx.conn(), transfer.id).await?.ok_or(Denied::NotFound)?;
    if now.state != TransferState::Intended {
        return Ok(());
    }
    if sent.amount_minor != transfer.amount_minor || sent.currency != transfer.currency.code() {
        let detail =
            json!({ "transfer": sent.id, "amount": sent.amount_minor, "ours": transfer.amount_minor });
        book::open_case(&tx, "TRANSFER_MISMATCH", &sent.id, detail).await?;
        return tx.commit().await;
    }
    let intent = outgoing::intend(&tx, Kind::Transfer, transfer.id).await?;
    outgoing::answered(&tx, &intent, &sent.id).await?;
    store::set_sent(&tx, transfer.id, &sent.id).await?;
    let sides = [(Account::Due(transfer.payee), sent.amount_minor), (Account::Stripe, -sent.amount_minor)];
    let journal = Journal::new("TRANSFER", &sent.id, Some(order.id), order.currency, sent.created, sides)?;
    book::book(&tx, &journal).await?;
    let into = NewMovement {
        creator: transfer.payee,
        currency: order.currency,
        kind: MovementKind::Transfer,
        external_id: &sent.id,
        order: Some(order.id),
        amount_minor: sent.amount_minor,
        at: sent.created,
    };
    store::record_movement(&tx, &into).await?;
    tx.record(Event::new("transfer.sent", order.id).of_creator(transfer.payee));
    // A refund may have been booked while the transfer was under way.
    request_reversals(&mut tx, &order).await?;
    tx.commit().await
}

/// What was refused is free again; a later transfer is a new one with a new key.
async fn note_refused(app: &App, transfer: &Transfer, intent: &Intent, error: &StripeError) -> Result<()> {
    tracing::warn!(transfer = %transfer.id, %error, "Stripe refused a transfer");
    let mut tx = app.begin().await?;
    crate::checkout::store::lock_order(&tx, transfer.order).await?;
    let now = store::transfer(tx.conn(), transfer.id).await?;
    if now.is_none_or(|now| now.state != TransferState::Intended) {
        return Ok(());
    }
    outgoing::refused(&tx, intent, error).await?;
    store::set_refused(&tx, transfer.id, &error.to_string()).await?;
    if is_about_the_account(error) {
        // The account is not what we think it is: read it.
        tx.enqueue(Job::new("payouts.read_account", json!({ "account": transfer.destination })));
    } else {
        let detail = json!({ "transfer": transfer.id, "order": transfer.order.to_string(), "said": error.to_string() });
        book::open_case(&tx, "TRANSFER_REFUSED", &transfer.order.to_string(), detail).await?;
    }
    tx.commit().await
}

fn is_about_the_account(error: &StripeError) -> bool {
    let StripeError::Refused { code, param, .. } = error else { return false };
    code.as_deref() == Some("insufficient_capabilities_for_transfer")
        || param.as_deref() == Some("destination")
}

/// The position a transfer is about.
pub(super) fn position(transfer: &Transfer) -> Position {
    Position { order: transfer.order, payee: transfer.payee }
}

/// Goes on with a transfer whose answer never came.
pub(super) async fn send_again(app: &App, id: uuid::Uuid) -> Result<()> {
    match store::transfer(app.db.read(), id).await? {
        Some(transfer) => send(app, position(&transfer)).await,
        None => Err(Fault::new("sending a transfer again", "it is gone").into()),
    }
}
