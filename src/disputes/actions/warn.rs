//! A bank's early suspicion: noted, told to the creator, and nothing else. Whether to give the money back is theirs to
//! decide.

use serde_json::json;
use stripe_gateway::StripeError;

use crate::app::App;
use crate::checkout;
use crate::events::Event;
use crate::kernel::{Denied, Fault, Result};
use crate::payments;
use crate::refunds::letters as owners;

use super::super::{letters, store};
use super::HOPE;

/// Reads a warning at Stripe, writes it down once, and tells the creator.
pub async fn read_warning(app: &App, stripe_id: &str) -> Result<()> {
    let read = match app.stripe.fraud_warning(stripe_id).await {
        Ok(read) => read,
        Err(StripeError::NotFound { .. }) => return Ok(()),
        Err(error) => return Err(Fault::away("reading a fraud warning", error).into()),
    };
    let Some(id) = payments::store::order_of_charge(app.db.read(), &read.charge).await? else {
        if app.now() < read.created + HOPE {
            return Err(
                Fault::away("reading a fraud warning", "no payment of ours has its charge yet").into()
            );
        }
        let tx = app.begin().await?;
        let detail = json!({ "warning": read.id, "charge": read.charge });
        payments::store::open_case(&tx, "WARNING_UNKNOWN", &read.id, detail).await?;
        return tx.commit().await;
    };
    let order = checkout::store::order(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    let owner = owners::owner_of(app, order.creator).await?;
    let mut tx = app.begin().await?;
    if store::insert_warning(&tx, order.id, &read.id, &read.charge, &read.kind).await? {
        letters::suspected(&mut tx, owner.as_ref(), &order, &read.id).await?;
        tx.record(Event::new("order.suspected", order.id).of_creator(order.creator));
        tx.commit().await?;
    }
    Ok(())
}
