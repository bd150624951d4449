//! Reading refunds at Stripe: when an event speaks of one, and when one has been under way for long.

use chrono::Duration;
use stripe_gateway::{Refund as AtStripe, StripeError};

use crate::app::App;
use crate::kernel::{Error, Fault, RefundId, Result};
use crate::outgoing::{self, Kind};

use super::super::store;
use super::{adopt, note, send};

/// Reads a refund at Stripe and does what follows: one of ours moves on, one made there by hand is adopted.
pub async fn read(app: &App, stripe_id: &str) -> Result<()> {
    let read = match app.stripe.refund(stripe_id).await {
        Ok(read) => read,
        Err(error @ StripeError::NotFound { .. }) => {
            tracing::warn!(stripe_id, %error, "an event is about a refund that is not there");
            return Ok(());
        }
        Err(error) => return Err(Fault::away("reading a refund", error).into()),
    };
    match ours(app, &read).await? {
        Some(id) => note::note(app, id, &read).await,
        None => adopt::adopt(app, &read).await,
    }
}

/// Known by Stripe's id, or by ours in its metadata when Stripe's answer never reached us.
async fn ours(app: &App, read: &AtStripe) -> Result<Option<RefundId>> {
    if let Some(known) = store::refund_at_stripe(app.db.read(), &read.id).await? {
        return Ok(Some(known.id));
    }
    let named = read.metadata.get("refund").and_then(|id| id.parse::<RefundId>().ok());
    match named {
        Some(id) => Ok(store::refund(app.db.read(), id).await?.map(|refund| refund.id)),
        None => Ok(None),
    }
}

/// Looks at everything that should have moved by now. One thing that fails does not keep the others waiting.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.now();
    let mut first_failure = None;
    for id in outgoing::unanswered(&app.db, Kind::Refund, now - Duration::minutes(2)).await? {
        if let Err(error) = send::send(app, RefundId(id)).await {
            note_failure(&mut first_failure, error);
        }
    }
    for refund in store::pending(&app.db, now - Duration::minutes(10)).await? {
        if let Some(stripe_id) = &refund.stripe_id
            && let Err(error) = read(app, stripe_id).await
        {
            note_failure(&mut first_failure, error);
        }
    }
    first_failure.map_or(Ok(()), Err)
}

fn note_failure(first: &mut Option<Error>, error: Error) {
    tracing::warn!(%error, "a refund could not be looked at");
    first.get_or_insert(error);
}
