//! Asking Stripe for a refund that is written down. Safe to call at any time and from several places at once.

use std::collections::HashMap;

use chrono::Duration;
use stripe_gateway::{NewRefund, Refund as AtStripe, StripeError};

use crate::app::App;
use crate::kernel::{Denied, Error, PublicId, RefundId, Result};
use crate::outgoing::{self, Intent, Kind};

use super::super::model::{Reason, Refund, RefundState};
use super::super::store;
use super::{fail, note};

/// Stripe forgets keys after a day: an older wish is looked up before it is repeated.
const KEY_LIFE: Duration = Duration::hours(23);

/// Asks for a refund and notes the answer. No certain answer is a fault that passes; a later try uses the same key.
pub async fn send(app: &App, id: RefundId) -> Result<()> {
    let refund = store::refund(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    if refund.state != RefundState::Intended {
        return Ok(());
    }
    let tx = app.begin().await?;
    let intent = outgoing::intend(&tx, Kind::Refund, id.uuid()).await?;
    tx.commit().await?;
    match ask(app, &refund, &intent).await {
        Ok(read) => note::note(app, id, &read).await,
        Err(error) if error.is_uncertain() => Err(outgoing::away("giving money back", &error)),
        Err(error) => {
            tracing::warn!(refund = %id, %error, "Stripe refused a refund");
            fail::refused(app, id, &intent, &error).await
        }
    }
}

/// The same while somebody waits: what is uncertain stays on its way, and a job asks again.
pub(super) async fn send_now(app: &App, id: RefundId) -> Result<()> {
    match send(app, id).await {
        Err(Error::Fault(fault)) if fault.passing => {
            tracing::warn!(refund = %id, %fault, "a refund has no answer yet");
            Ok(())
        }
        other => other,
    }
}

async fn ask(app: &App, refund: &Refund, intent: &Intent) -> std::result::Result<AtStripe, StripeError> {
    if refund.created_at < app.now() - KEY_LIFE {
        let ours = refund.id.to_string();
        let known = app.stripe.refunds_of_charge(&refund.charge).await?;
        if let Some(made) = known.into_iter().find(|made| made.metadata.get("refund") == Some(&ours)) {
            return Ok(made);
        }
    }
    let new = NewRefund {
        charge: refund.charge.clone(),
        amount: refund.amount.minor,
        is_duplicate: refund.reason == Some(Reason::Duplicate),
        metadata: HashMap::from([
            ("order".to_owned(), refund.order.to_string()),
            ("refund".to_owned(), refund.id.to_string()),
        ]),
    };
    app.stripe.create_refund(&intent.key, new).await
}
