//! What Stripe keeps of a charge. It is often booked a moment after the money arrived.

use serde_json::json;
use stripe_gateway::{Fee, StripeError};

use crate::app::App;
use crate::checkout::model::Order;
use crate::db::Tx;
use crate::kernel::{Denied, Fault, Instant, Result};

use super::super::{ledger, store};

/// Reads a charge's fee and books it. False if the charge pays no order of ours or its fee is not booked yet.
pub async fn note_fee(app: &App, charge: &str) -> Result<bool> {
    let Some(order) = store::order_of_charge(app.db.read(), charge).await? else { return Ok(false) };
    let read = match app.stripe.charge(charge).await {
        Ok(read) => read,
        Err(StripeError::NotFound { .. }) => return Ok(false),
        Err(error) => return Err(Fault::away("reading a charge", error).into()),
    };
    let Some(fee) = read.fee else { return Ok(false) };
    let tx = app.begin().await?;
    let order = crate::checkout::store::lock_order(&tx, order).await?.ok_or(Denied::NotFound)?;
    book_fee(&tx, &order, charge, &fee, read.created).await?;
    tx.commit().await?;
    Ok(true)
}

/// Books a fee, once. The caller holds the order's lock.
pub(super) async fn book_fee(tx: &Tx, order: &Order, charge: &str, fee: &Fee, at: Instant) -> Result<()> {
    if fee.currency != order.currency.code() {
        // Prices are in currencies the platform settles, so this is a setting gone wrong, not something to convert.
        let detail =
            json!({ "charge": charge, "sold in": order.currency.code(), "settled in": fee.currency });
        return store::open_case(tx, "FEE_CURRENCY", charge, detail).await;
    }
    let transaction = &fee.balance_transaction_id;
    if let Some(journal) = ledger::stripe_fee(order.id, order.currency, transaction, fee.fee_minor, at)? {
        store::book(tx, &journal).await?;
    }
    store::set_fee(tx, charge, fee.fee_minor, transaction).await
}
