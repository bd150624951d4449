//! The platform's balance: every movement is one balance transaction, the balance is their sum.
//!
//! It keeps true that net = amount - fee in whole minor units, that money is pending until its day, and that
//! nothing moves without a transaction (<https://docs.stripe.com/reports/balance-transaction-types>). A connected
//! account's balance is what it was sent, less what went back or was paid out; it has no transactions here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::objects::{build, text};
use super::tx::Tx;

/// Card money becomes available two days after the payment.
pub(crate) const MATURES_AFTER: i64 = 2 * 86_400;

/// One movement to be booked.
pub(crate) struct Movement<'a> {
    /// The object behind it: a charge, a refund, a transfer...
    pub source: &'a Value,
    /// Stripe's `type` and `reporting_category`.
    pub kind: &'static str,
    pub category: &'static str,
    /// Signed, in minor units.
    pub amount: i64,
    /// What Stripe keeps, and what it calls it.
    pub fee: i64,
    pub fee_name: &'static str,
    /// When the money can be used.
    pub available_on: i64,
}

/// Books a movement; its transaction, saved.
pub(crate) fn book(tx: &mut Tx<'_>, movement: &Movement<'_>) -> Value {
    let id = tx.id("txn_3", 23);
    let currency = text(movement.source, "currency");
    let fees = json!([{
        "amount": movement.fee, "application": null, "currency": currency, "description": movement.fee_name,
        "type": "stripe_fee",
    }]);
    let transaction = build(
        "balance_transaction",
        json!({
            "id": id, "amount": movement.amount, "fee": movement.fee, "net": movement.amount - movement.fee,
            "currency": currency, "available_on": movement.available_on, "created": tx.now,
            "status": if movement.available_on <= tx.now { "available" } else { "pending" },
            "description": movement.source["description"], "exchange_rate": null,
            "fee_details": if movement.fee == 0 { json!([]) } else { fees },
            "reporting_category": movement.category, "source": movement.source["id"], "type": movement.kind,
        }),
    );
    tx.save(&transaction);
    transaction
}

/// A balance transaction as of now: pending money becomes available on its day.
pub(crate) fn as_of(now: i64, transaction: &mut Value) {
    if transaction["object"] == "balance_transaction"
        && transaction["status"] == "pending"
        && transaction["available_on"].as_i64().is_some_and(|day| day <= now)
    {
        transaction["status"] = "available".into();
    }
}

/// `GET /v1/balance`, of the platform or of the account the request speaks for.
pub(crate) fn balance(tx: &Tx<'_>) -> Value {
    let (mut available, mut pending) = (BTreeMap::new(), BTreeMap::new());
    let mut add = |transaction: &Value, amount: i64| {
        let is_free = transaction["available_on"].as_i64().is_some_and(|day| day <= tx.now);
        let side = if is_free { &mut available } else { &mut pending };
        *side.entry(text(transaction, "currency").to_owned()).or_insert(0) += amount;
    };
    match tx.caller.account.as_deref() {
        None => tx
            .store
            .rows("balance_transaction")
            .for_each(|transaction| add(transaction, transaction["net"].as_i64().unwrap_or_default())),
        Some(account) => {
            for transfer in tx.store.rows("transfer").filter(|transfer| transfer["destination"] == account) {
                let booked = tx.store.find(text(transfer, "balance_transaction")).unwrap_or(&Value::Null);
                add(booked, left(transfer));
            }
            for payout in payouts(tx, account) {
                let gone = json!({ "available_on": 0, "currency": payout["currency"] });
                add(&gone, -payout["amount"].as_i64().unwrap_or_default());
            }
        }
    }
    build(
        "balance",
        json!({ "available": side(&available), "pending": side(&pending), "connect_reserved": [] }),
    )
}

/// What is left of a transfer after its reversals.
pub(crate) fn left(transfer: &Value) -> i64 {
    transfer["amount"].as_i64().unwrap_or_default() - transfer["amount_reversed"].as_i64().unwrap_or_default()
}

fn side(amounts: &BTreeMap<String, i64>) -> Value {
    let row = |(currency, amount): (&String, &i64)| json!({ "amount": amount, "currency": currency, "source_types": { "card": amount } });
    amounts.iter().map(row).collect()
}

/// What of a currency can be used now.
pub(crate) fn available(tx: &Tx<'_>, currency: &str) -> i64 {
    let all = tx.store.rows("balance_transaction");
    let free = all
        .filter(|booked| booked["currency"] == currency && booked["available_on"].as_i64() <= Some(tx.now));
    free.filter_map(|booked| booked["net"].as_i64()).sum()
}

/// What a connected account holds in a currency, usable or not.
pub(crate) fn held(tx: &Tx<'_>, account: &str, currency: &str) -> i64 {
    let sent = tx.store.rows("transfer").filter(|t| t["destination"] == account && t["currency"] == currency);
    let gone = payouts(tx, account).filter(|payout| payout["currency"] == currency);
    sent.map(left).sum::<i64>() - gone.filter_map(|payout| payout["amount"].as_i64()).sum::<i64>()
}

/// What a connected account can pay out now.
pub(crate) fn usable(tx: &Tx<'_>, account: &str, currency: &str) -> i64 {
    let pending = tx.store.rows("transfer").filter(|transfer| {
        let booked = tx.store.find(text(transfer, "balance_transaction")).unwrap_or(&Value::Null);
        transfer["destination"] == account
            && transfer["currency"] == currency
            && booked["available_on"].as_i64().is_some_and(|day| day > tx.now)
    });
    held(tx, account, currency) - pending.map(left).sum::<i64>()
}

fn payouts<'a>(tx: &'a Tx<'_>, account: &'a str) -> impl Iterator<Item = &'a Value> {
    tx.store.rows(super::state::notes::PAYOUT).filter(move |payout| payout["account"] == account)
}
