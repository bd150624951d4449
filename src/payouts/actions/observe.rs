//! What Stripe says of a transfer: made, or money of it taken back, by us or by a person in Stripe's own pages.

use serde_json::json;
use stripe_gateway::{StripeError, Transfer as Sent};
use uuid::Uuid;

use crate::app::App;
use crate::kernel::{Denied, Error, Fault, Result};
use crate::outgoing;
use crate::payments::store as book;

use super::super::model::{Reversal, ReversalState, Transfer};
use super::super::store;
use super::reverse::{book_reversal, note_made};
use super::send::note_sent;

/// Reads a transfer at Stripe and notes what we did not know. Ours are written down before they are asked for, so one
/// that nobody here asked for is given to a person at once.
pub async fn read_transfer(app: &App, stripe_id: &str) -> Result<()> {
    let read = match app.stripe.transfer(stripe_id).await {
        Ok(read) => read,
        Err(error @ StripeError::NotFound { .. }) => {
            return Err(Fault::away("reading a transfer", error).into());
        }
        Err(error) => return Err(outgoing::away("reading a transfer", &error)),
    };
    let ours = read.metadata.get("transfer").and_then(|id| id.parse::<Uuid>().ok());
    let known = match ours {
        Some(id) => store::transfer(app.db.read(), id).await?,
        None => store::transfer_at_stripe(app.db.read(), stripe_id).await?,
    };
    let Some(transfer) = known else { return unknown(app, &read).await };
    note_sent(app, &transfer, &read).await?;
    for made in &read.reversals {
        note_reversal(app, &transfer, made).await?;
    }
    Ok(())
}

async fn unknown(app: &App, read: &Sent) -> Result<()> {
    let tx = app.begin().await?;
    let detail = json!({ "transfer": read.id, "amount": read.amount_minor, "destination": read.destination });
    book::open_case(&tx, "TRANSFER_UNKNOWN", &read.id, detail).await?;
    tx.commit().await
}

async fn note_reversal(
    app: &App,
    transfer: &Transfer,
    made: &stripe_gateway::TransferReversal,
) -> Result<()> {
    if store::knows_reversal(app.db.read(), &made.id).await? {
        return Ok(());
    }
    let ours = made.metadata.get("reversal").and_then(|id| id.parse::<Uuid>().ok());
    if let Some(id) = ours
        && let Some(reversal) = store::reversal(app.db.read(), id).await?
    {
        return note_made(app, &reversal, made).await;
    }
    by_somebody_else(app, transfer, made).await
}

/// Money taken back in Stripe's own pages: it happened, so it is booked.
async fn by_somebody_else(
    app: &App,
    transfer: &Transfer,
    made: &stripe_gateway::TransferReversal,
) -> Result<()> {
    if made.currency != transfer.currency.code() {
        let why = format!("{} is in {}", made.id, made.currency);
        return Err(Error::Fault(Fault::new("booking a reversal", why)));
    }
    let mut tx = app.begin().await?;
    crate::checkout::store::lock_order(&tx, transfer.order).await?;
    if store::knows_reversal(tx.conn(), &made.id).await? {
        return Ok(());
    }
    let id = tx.id();
    store::insert_reversal(&tx, transfer, id, made.amount_minor, Some(&made.id)).await?;
    let reversal: Reversal = store::reversal(tx.conn(), id).await?.ok_or(Denied::NotFound)?;
    debug_assert_eq!(reversal.state, ReversalState::Made);
    book_reversal(&mut tx, &reversal, made).await?;
    tx.commit().await
}
