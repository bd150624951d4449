//! Taking back what was sent and no longer belongs to the payee: after a refund or a dispute.
//!
//! The wish is written down in the transaction of the refund; a job asks Stripe. A creator's account that holds too
//! little is asked again daily, while later sales make up for it; after 90 days a person must look.

use std::collections::HashMap;

use serde_json::json;
use stripe_gateway::{StripeError, TransferReversal as Made};
use uuid::Uuid;

use crate::app::App;
use crate::checkout::model::Order;
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::{CreatorId, Denied, Result};
use crate::outgoing::{self, Intent, Kind};
use crate::payments::ledger::{Account, Journal};
use crate::payments::store as book;
use crate::queue::Job;

use super::super::model::{
    KEY_LIFE, MovementKind, REVERSAL_GIVEN_TO_A_PERSON, REVERSAL_PAUSE, Reversal, ReversalState, Transfer,
    TransferState, taken_back,
};
use super::super::store::{self, NewMovement, Position};

/// Asks back what was sent of this order and is owed now. Call it with the order's lock, after booking.
pub async fn request_reversals(tx: &mut Tx, order: &Order) -> Result<()> {
    for (account, amount) in book::balances_of_order(tx.conn(), order.id).await? {
        let Account::Due(payee) = account else { continue };
        if amount > 0 {
            request_reversal(tx, Position { order: order.id, payee }, amount).await?;
        }
    }
    Ok(())
}

async fn request_reversal(tx: &mut Tx, at: Position, owed: i64) -> Result<()> {
    let mut sent = store::transfers_of(tx.conn(), at).await?;
    sent.retain(|transfer| transfer.state == TransferState::Sent);
    let reversals = store::reversals_of(tx.conn(), at).await?;
    let wanted: i64 = reversals.iter().filter(|reversal| is_wanted(reversal)).map(|r| r.amount_minor).sum();
    for (transfer, amount) in taken_back(owed - wanted, &store::left(&sent, &reversals)) {
        let Some(of) = sent.iter().find(|sent| sent.id == transfer) else { continue };
        let id = tx.id();
        store::insert_reversal(tx, of, id, amount, None).await?;
        outgoing::intend(tx, Kind::Reversal, id).await?;
        tx.enqueue(job(id));
    }
    Ok(())
}

/// Asked for and not back yet.
fn is_wanted(reversal: &Reversal) -> bool {
    matches!(reversal.state, ReversalState::Intended | ReversalState::Waiting)
}

fn job(id: Uuid) -> Job {
    Job::new("payouts.reverse", json!({ "reversal": id }))
}

/// Asks Stripe for a reversal that is wanted, and notes the answer.
pub async fn reverse(app: &App, id: Uuid) -> Result<()> {
    let Some((reversal, of, intent)) = plan(app, id).await? else { return Ok(()) };
    match ask(app, &reversal, &of, &intent).await {
        Ok(made) => note_made(app, &reversal, &made).await,
        Err(error) if error.is_uncertain() => Err(outgoing::away("reversing a transfer", &error)),
        Err(error) => note_refused(app, &reversal, &intent, &error).await,
    }
}

/// What to ask for now. A refused one is measured again: less may be owed than was when it was first wanted.
async fn plan(app: &App, id: Uuid) -> Result<Option<(Reversal, Transfer, Intent)>> {
    let tx = app.begin().await?;
    let Some(known) = store::reversal(tx.conn(), id).await? else { return Ok(None) };
    crate::checkout::store::lock_order(&tx, known.order).await?;
    let mut now = store::reversal(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    if now.state == ReversalState::Waiting {
        now.amount_minor = now.amount_minor.min(still_owed(&tx, now.order, now.payee).await?);
        if now.amount_minor <= 0 {
            store::set_cancelled(&tx, id).await?;
            return tx.commit().await.map(|()| None);
        }
        store::set_wanted(&tx, id, now.amount_minor).await?;
        now.state = ReversalState::Intended;
    }
    let of = store::transfer(tx.conn(), now.transfer).await?.ok_or(Denied::NotFound)?;
    if now.state != ReversalState::Intended {
        return Ok(None);
    }
    let intent = outgoing::intend(&tx, Kind::Reversal, id).await?;
    tx.commit().await?;
    Ok(Some((now, of, intent)))
}

async fn still_owed(tx: &Tx, order: crate::kernel::OrderId, payee: CreatorId) -> Result<i64> {
    let balances = book::balances_of_order(tx.conn(), order).await?;
    let due = balances.iter().find(|(account, _)| *account == Account::Due(payee));
    Ok(due.map_or(0, |(_, amount)| *amount))
}

async fn ask(
    app: &App,
    reversal: &Reversal,
    of: &Transfer,
    intent: &Intent,
) -> std::result::Result<Made, StripeError> {
    let (ours, transfer) = (reversal.id.to_string(), of.stripe_id.as_deref().unwrap_or_default());
    if reversal.created_at < app.now() - KEY_LIFE {
        let known = app.stripe.transfer(transfer).await?.reversals;
        if let Some(made) = known.into_iter().find(|made| made.metadata.get("reversal") == Some(&ours)) {
            return Ok(made);
        }
    }
    let metadata = HashMap::from([
        ("reversal".to_owned(), ours),
        ("order".to_owned(), reversal.order.to_string()),
        ("payee".to_owned(), reversal.payee.to_string()),
    ]);
    app.stripe.reverse_transfer(&intent.key, transfer, reversal.amount_minor, metadata).await
}

/// Books a reversal that was made, once, whoever says so first.
pub(super) async fn note_made(app: &App, reversal: &Reversal, made: &Made) -> Result<()> {
    let mut tx = app.begin().await?;
    crate::checkout::store::lock_order(&tx, reversal.order).await?;
    let now = store::reversal(tx.conn(), reversal.id).await?.ok_or(Denied::NotFound)?;
    if now.state == ReversalState::Made {
        return Ok(());
    }
    let intent = outgoing::intend(&tx, Kind::Reversal, reversal.id).await?;
    outgoing::answered(&tx, &intent, &made.id).await?;
    store::set_made(&tx, reversal.id, &made.id, made.amount_minor).await?;
    book_reversal(&mut tx, &now, made).await?;
    // Other orders' money may have waited for this.
    tx.enqueue(super::send::job_for(reversal.payee));
    tx.commit().await
}

/// Books that money came back. The caller holds the order's lock and has written the reversal's row.
pub(super) async fn book_reversal(tx: &mut Tx, reversal: &Reversal, made: &Made) -> Result<()> {
    let sides = [(Account::Stripe, made.amount_minor), (Account::Due(reversal.payee), -made.amount_minor)];
    let order = Some(reversal.order);
    let journal = Journal::new("TRANSFER_REVERSAL", &made.id, order, reversal.currency, made.created, sides)?;
    book::book(tx, &journal).await?;
    let out = NewMovement {
        creator: reversal.payee,
        currency: reversal.currency,
        kind: MovementKind::Reversal,
        external_id: &made.id,
        order,
        amount_minor: -made.amount_minor,
        at: made.created,
    };
    store::record_movement(tx, &out).await?;
    tx.record(Event::new("transfer.reversed", reversal.order).of_creator(reversal.payee));
    Ok(())
}

async fn note_refused(app: &App, reversal: &Reversal, intent: &Intent, error: &StripeError) -> Result<()> {
    let tx = app.begin().await?;
    crate::checkout::store::lock_order(&tx, reversal.order).await?;
    let now = store::reversal(tx.conn(), reversal.id).await?.ok_or(Denied::NotFound)?;
    if now.state == ReversalState::Made {
        return Ok(());
    }
    tracing::warn!(reversal = %reversal.id, %error, "Stripe refused to take money back");
    outgoing::refused(&tx, intent, error).await?;
    store::set_waiting(&tx, reversal.id, &error.to_string(), tx.now() + REVERSAL_PAUSE).await?;
    let poor =
        matches!(error, StripeError::Refused { code: Some(code), .. } if code == "balance_insufficient");
    if !poor || now.created_at < tx.now() - REVERSAL_GIVEN_TO_A_PERSON {
        let detail = json!({
            "reversal": reversal.id, "order": reversal.order.to_string(), "payee": reversal.payee.to_string(),
            "amount": reversal.amount_minor, "said": error.to_string(),
        });
        book::open_case(&tx, "REVERSAL_REFUSED", &reversal.id.to_string(), detail).await?;
    }
    tx.commit().await
}
