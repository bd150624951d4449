//! Telling Stripe Tax of sales that were paid and of refunds, each once, so that its reports are what was sold.

use std::collections::HashMap;

use serde_json::json;
use stripe_gateway::StripeError;
use uuid::Uuid;

use crate::app::App;
use crate::checkout;
use crate::checkout::model::Order;
use crate::db::Tx;
use crate::kernel::{Instant, OrderId, PublicId, Result};
use crate::outgoing::{self, Intent, Kind};
use crate::queue::Job;

use super::super::model::TaxReversal;
use super::super::store;

/// Part of a sale: asks for it to be noted, if it was quoted with tax.
pub(super) async fn sold(tx: &mut Tx, order: &Order) -> Result<()> {
    if checkout::store::tax_of_order(tx.conn(), order.id).await?.is_some() {
        outgoing::intend(tx, Kind::TaxTransaction, order.id.uuid()).await?;
        tx.enqueue(Job::new("tax.record", json!({ "order": order.id.to_string() })));
    }
    Ok(())
}

/// Part of a refund: asks for so much to be taken back, if the sale was quoted with tax.
pub async fn given_back(
    tx: &mut Tx,
    order: &Order,
    refund: Uuid,
    amount_minor: i64,
    tax_minor: i64,
) -> Result<()> {
    if checkout::store::tax_of_order(tx.conn(), order.id).await?.is_some() {
        let payload = json!({
            "refund": refund, "order": order.id.to_string(), "amount": amount_minor, "tax": tax_minor,
        });
        tx.enqueue(Job::new("tax.reverse", payload));
    }
    Ok(())
}

/// Notes a paid sale at Stripe Tax; gives the note's id, or nothing if the order has no tax to tell of.
pub async fn record(app: &App, order: OrderId) -> Result<Option<String>> {
    let Some(tax) = checkout::store::tax_of_order(app.db.read(), order).await? else { return Ok(None) };
    if tax.transaction.is_some() {
        return Ok(tax.transaction);
    }
    let intent = intend(app, order.uuid()).await?;
    let ours = HashMap::from([("order".to_owned(), order.to_string())]);
    let answer = app.stripe.record_tax(&intent.key, &tax.calculation, &order.to_string(), ours).await;
    let tx = app.begin().await?;
    match answer {
        Ok(transaction) => {
            outgoing::answered(&tx, &intent, &transaction).await?;
            checkout::store::set_tax_noted(&tx, order, &transaction).await?;
            tx.commit().await?;
            Ok(Some(transaction))
        }
        Err(error) => refused(tx, &intent, error, &order.to_string()).await.map(|()| None),
    }
}

/// Notes at Stripe Tax that a refund took back so much of a sale. Does nothing for orders without tax.
pub async fn reverse(app: &App, wish: &TaxReversal) -> Result<()> {
    if checkout::store::tax_of_order(app.db.read(), wish.order).await?.is_none() {
        return Ok(());
    }
    let tx = app.begin().await?;
    store::insert_reversal(&tx, wish).await?;
    outgoing::intend(&tx, Kind::TaxTransaction, wish.refund).await?;
    tx.commit().await?;
    again(app, wish.refund).await
}

/// Goes on with a note that was intended: of an order, or of a refund.
pub async fn again(app: &App, subject: Uuid) -> Result<()> {
    let Some(reversal) = store::reversal(app.db.read(), subject).await? else {
        return record(app, OrderId(subject)).await.map(drop);
    };
    if reversal.transaction.is_some() {
        return Ok(());
    }
    // What was not noted as sold cannot be taken back; a case is open then.
    let Some(sale) = record(app, reversal.order).await? else { return Ok(()) };
    let intent = intend(app, subject).await?;
    let reference = format!("{}:{}", reversal.order, subject.simple());
    let ours = HashMap::from([("order".to_owned(), reversal.order.to_string())]);
    let answer = app.stripe.reverse_tax(&intent.key, &sale, &reference, reversal.amount_minor, ours).await;
    let tx = app.begin().await?;
    match answer {
        Ok(transaction) => {
            outgoing::answered(&tx, &intent, &transaction).await?;
            store::set_reversal_noted(&tx, subject, &transaction).await?;
            tx.commit().await
        }
        Err(error) => refused(tx, &intent, error, &reference).await,
    }
}

/// Notes that were intended before `before` and never answered.
pub(super) async fn unanswered(app: &App, before: Instant) -> Result<Vec<Uuid>> {
    outgoing::unanswered(&app.db, Kind::TaxTransaction, before).await
}

async fn intend(app: &App, subject: Uuid) -> Result<Intent> {
    let tx = app.begin().await?;
    let intent = outgoing::intend(&tx, Kind::TaxTransaction, subject).await?;
    tx.commit().await?;
    Ok(intent)
}

/// No certain answer is tried again; a refusal is for a person, since the state wants to know of every sale.
async fn refused(tx: Tx, intent: &Intent, error: StripeError, subject: &str) -> Result<()> {
    if error.is_uncertain() {
        return Err(outgoing::away("telling Stripe Tax", &error));
    }
    outgoing::refused(&tx, intent, &error).await?;
    store::open_case(&tx, "TAX_NOT_NOTED", subject, json!({ "error": error.to_string() })).await?;
    tx.commit().await
}
