//! Reading a dispute at Stripe and moving ours to where it is. The events' order and names mean nothing.

use serde_json::json;
use stripe_gateway::{Dispute as AtStripe, DisputeStatus, StripeError};

use crate::app::App;
use crate::checkout;
use crate::checkout::model::Order;
use crate::db::Tx;
use crate::kernel::{Denied, Error, Fault, OrderId, Result};
use crate::payments;
use crate::refunds::letters::{self as owners, Owner};

use super::super::model::{Dispute, DisputeState};
use super::super::{letters, store};
use super::{HOPE, answer, decide, open};

/// Reads a dispute at Stripe and does what follows.
pub async fn read(app: &App, stripe_id: &str) -> Result<()> {
    let read = match app.stripe.dispute(stripe_id).await {
        Ok(read) => read,
        Err(error @ StripeError::NotFound { .. }) => {
            tracing::warn!(stripe_id, %error, "an event is about a dispute that is not there");
            return Ok(());
        }
        Err(error) => return Err(Fault::away("reading a dispute", error).into()),
    };
    match payments::store::order_of_charge(app.db.read(), &read.charge).await? {
        Some(order) => note(app, order, &read).await,
        None if app.now() < read.created + HOPE => {
            Err(Fault::away("reading a dispute", "no payment of ours has this charge yet").into())
        }
        None => {
            let tx = app.begin().await?;
            let detail = json!({ "dispute": read.id, "charge": read.charge, "amount": read.amount });
            payments::store::open_case(&tx, "DISPUTE_UNKNOWN", &read.id, detail).await?;
            tx.commit().await
        }
    }
}

pub(super) async fn note(app: &App, order: OrderId, read: &AtStripe) -> Result<()> {
    let seen = checkout::store::order(app.db.read(), order).await?.ok_or(Denied::NotFound)?;
    let owner = owners::owner_of(app, seen.creator).await?;
    let mut tx = app.begin().await?;
    let order = checkout::store::lock_order(&tx, order).await?.ok_or(Denied::NotFound)?;
    let Some(state) = state_of(read.status).filter(|_| read.currency == order.currency.code()) else {
        let detail = json!({ "dispute": read.id, "order": order.id.to_string(), "currency": read.currency });
        payments::store::open_case(&tx, "DISPUTE_UNCLEAR", &read.id, detail).await?;
        return tx.commit().await;
    };
    let is_new = store::at_stripe(tx.conn(), &read.id).await?.is_none();
    // Each dispute begins undecided here, whatever we hear first.
    let first = if state.is_final() { DisputeState::UnderReview } else { state };
    store::insert(&tx, &order, read, first).await?;
    let known = reread(&tx, read).await?;
    if known.state.is_final() {
        return Ok(());
    }
    store::set_facts(&tx, known.id, read).await?;
    move_on(app, &mut tx, owner.as_ref(), &order, read, state).await?;
    if is_new && state == DisputeState::Inquiry {
        letters::asked(&mut tx, owner.as_ref(), &order, &known).await?;
    }
    tx.commit().await
}

async fn move_on(
    app: &App,
    tx: &mut Tx,
    owner: Option<&Owner>,
    order: &Order,
    read: &AtStripe,
    state: DisputeState,
) -> Result<()> {
    let mut known = reread(tx, read).await?;
    if read.withdrawn > 0 && known.opened_at.is_none() {
        open::open(app, tx, owner, order, &known, read).await?;
        known = reread(tx, read).await?;
    }
    match state {
        // The bank has decided, but the money is not back yet: another event or the sweep will tell.
        DisputeState::Won if known.opened_at.is_some() && read.reinstated == 0 => Ok(()),
        DisputeState::Won | DisputeState::Lost => {
            decide::decide(app, tx, owner, order, &known, read, state == DisputeState::Won).await
        }
        _ if state != known.state => store::set_state(tx, known.id, state).await,
        _ => Ok(()),
    }
}

async fn reread(tx: &Tx, read: &AtStripe) -> Result<Dispute> {
    let known = store::at_stripe(tx.conn(), &read.id).await?;
    Ok(known.ok_or_else(|| Fault::new("noting a dispute", "it is gone"))?)
}

pub(super) fn state_of(status: DisputeStatus) -> Option<DisputeState> {
    Some(match status {
        DisputeStatus::Inquiry => DisputeState::Inquiry,
        DisputeStatus::InquiryClosed => DisputeState::InquiryClosed,
        DisputeStatus::NeedsResponse => DisputeState::NeedsResponse,
        DisputeStatus::UnderReview => DisputeState::UnderReview,
        DisputeStatus::Won => DisputeState::Won,
        DisputeStatus::Lost => DisputeState::Lost,
        DisputeStatus::Unknown => return None,
    })
}

/// Looks again at everything that is not decided, and answers what is due. One that fails does not keep the others.
pub async fn sweep(app: &App) -> Result<()> {
    let mut first_failure: Option<Error> = None;
    for dispute in store::undecided(&app.db).await? {
        let mut outcome = read(app, &dispute.stripe_id).await;
        if outcome.is_ok() && answer::is_due(&dispute, app.now()) {
            outcome = answer::answer(app, dispute.id).await;
        }
        if let Err(error) = outcome {
            tracing::warn!(dispute = %dispute.id, %error, "a dispute could not be looked at");
            first_failure.get_or_insert(error);
        }
    }
    first_failure.map_or(Ok(()), Err)
}
