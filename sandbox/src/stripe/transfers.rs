//! Transfers: money from the platform to a creator's account, and back.
//!
//! It keeps true what <https://docs.stripe.com/connect/separate-charges-and-transfers> promises: with a source charge
//! a transfer succeeds at once, matures with the charge and all of them stay within it; without one it needs
//! available money; a reversal is at most what is left, the whole only once, in the transfer's currency, and needs
//! money on the creator's account. Currency conversion is not simulated.

use serde_json::{Value, json};

use super::balance::{Movement, available, book, held, left};
use super::error::StripeError;
use super::events::emit;
use super::intents::only_simulated;
use super::objects::{build, list, members, text};
use super::tx::Tx;

const SIMULATED: &[&str] = &[
    "amount",
    "currency",
    "description",
    "destination",
    "expand",
    "metadata",
    "source_transaction",
    "transfer_group",
];

/// `POST /v1/transfers`.
pub(crate) fn create(tx: &mut Tx<'_>, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, SIMULATED)?;
    let amount = positive(params)?.ok_or_else(|| {
        StripeError::invalid("Missing required param: amount.").code("parameter_missing").param("amount")
    })?;
    let currency = text(params, "currency").to_lowercase();
    let account = tx.load("account", text(params, "destination"), "destination")?;
    if account["capabilities"]["transfers"] != "active" {
        let message = "Your destination account needs to have at least one of the following capabilities enabled: \
                       transfers, crypto_transfers, legacy_payments";
        return Err(StripeError::invalid(message).code("insufficient_capabilities_for_transfer"));
    }
    let source = match params["source_transaction"].as_str() {
        Some(charge) => Some(source(tx, charge, amount, &currency)?),
        None if available(tx, &currency) < amount => {
            return Err(too_little("You have insufficient available funds in your Stripe account."));
        }
        None => None,
    };
    Ok(send(tx, params, amount, &currency, source))
}

/// A whole positive amount, where one is given.
fn positive(params: &Value) -> Result<Option<i64>, StripeError> {
    match params["amount"].as_i64() {
        Some(amount) if amount < 1 => {
            let message = "This value must be greater than or equal to 1.";
            Err(StripeError::invalid(message).code("parameter_invalid_integer").param("amount"))
        }
        amount => Ok(amount),
    }
}

fn too_little(message: &str) -> StripeError {
    StripeError::invalid(message).code("balance_insufficient")
}

/// The charge that funds a transfer, once it is clear that it can.
fn source(tx: &Tx<'_>, id: &str, amount: i64, currency: &str) -> Result<Value, StripeError> {
    let charge = tx.load("charge", id, "source_transaction")?;
    if charge["paid"] != true {
        let message = format!("Cannot use charge {id} as a source_transaction: it has not been paid.");
        return Err(StripeError::invalid(message).param("source_transaction"));
    }
    if charge["currency"] != currency {
        let message = format!(
            "The currency of source_transaction's balance transaction ({}) must be the same as the transfer currency \
             ({currency})",
            text(&charge, "currency")
        );
        return Err(StripeError::invalid(message).param("currency"));
    }
    let already = tx.store.rows("transfer").filter(|transfer| transfer["source_transaction"] == id);
    let sent: i64 = already.map(left).sum();
    let room = charge["amount"].as_i64().unwrap_or_default() - sent;
    if amount > room {
        let message = format!(
            "Insufficient funds in Stripe account: the source_transaction has {room} left to transfer."
        );
        return Err(too_little(&message).param("amount"));
    }
    Ok(charge)
}

fn send(tx: &mut Tx<'_>, params: &Value, amount: i64, currency: &str, source: Option<Value>) -> Value {
    let (id, payment) = (tx.id("tr_3", 23), tx.id("py_1", 23));
    let booked = source.as_ref().and_then(|charge| tx.store.find(text(charge, "balance_transaction")));
    let available_on = booked.and_then(|booked| booked["available_on"].as_i64()).unwrap_or(tx.now);
    let group = params.get("transfer_group").cloned();
    let of_charge = source.as_ref().map(|charge| charge["transfer_group"].clone());
    let mut transfer = build(
        "transfer",
        json!({
            "id": id, "amount": amount, "amount_reversed": 0, "created": tx.now, "currency": currency,
            "description": params["description"], "destination": params["destination"],
            "destination_payment": payment, "metadata": members(&params["metadata"]), "reversed": false,
            "reversals": list(&format!("/v1/transfers/{id}/reversals"), vec![], false),
            "source_transaction": source.as_ref().map(|charge| charge["id"].clone()),
            "transfer_group": group.or(of_charge), "balance_transaction": null,
        }),
    );
    let movement = Movement {
        source: &transfer,
        kind: "transfer",
        category: "transfer",
        amount: -amount,
        fee: 0,
        fee_name: "",
        available_on,
    };
    let booked = book(tx, &movement);
    transfer["balance_transaction"] = booked["id"].clone();
    tx.save(&transfer);
    emit(tx, "transfer.created", &transfer);
    transfer
}

/// `POST /v1/transfers/{id}/reversals`.
pub(crate) fn reverse(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    only_simulated(params, &["amount", "description", "expand", "metadata"])?;
    let transfer = tx.load("transfer", id, "id")?;
    let room = left(&transfer);
    if room == 0 {
        let message = format!("Transfer {id} is already fully reversed.");
        return Err(StripeError::invalid(message).code("transfer_already_reversed"));
    }
    let amount = positive(params)?.unwrap_or(room);
    if amount > room {
        let message = format!(
            "Transfer reversal amount ({amount}) is greater than unreversed amount on transfer ({room})."
        );
        return Err(StripeError::invalid(message).param("amount"));
    }
    if held(tx, text(&transfer, "destination"), text(&transfer, "currency")) < amount {
        return Err(too_little("The connected account has insufficient funds for this reversal."));
    }
    Ok(take_back(tx, transfer, amount, params))
}

fn take_back(tx: &mut Tx<'_>, mut transfer: Value, amount: i64, params: &Value) -> Value {
    let id = tx.id("trr_1", 23);
    let mut reversal = build(
        "transfer_reversal",
        json!({
            "id": id, "amount": amount, "created": tx.now, "currency": transfer["currency"],
            "metadata": members(&params["metadata"]), "transfer": transfer["id"], "balance_transaction": null,
        }),
    );
    // What comes back matures no earlier than what was sent.
    let sent = tx.store.find(text(&transfer, "balance_transaction"));
    let available_on = sent.and_then(|sent| sent["available_on"].as_i64()).unwrap_or(tx.now).max(tx.now);
    let movement = Movement {
        source: &reversal,
        kind: "transfer_refund",
        category: "transfer_reversal",
        amount,
        fee: 0,
        fee_name: "",
        available_on,
    };
    let booked = book(tx, &movement);
    reversal["balance_transaction"] = booked["id"].clone();
    tx.save(&reversal);
    let reversed = transfer["amount_reversed"].as_i64().unwrap_or_default() + amount;
    transfer["amount_reversed"] = reversed.into();
    transfer["reversed"] = (transfer["amount"] == reversed).into();
    if let Some(all) = transfer["reversals"]["data"].as_array_mut() {
        all.insert(0, reversal.clone());
    }
    tx.save(&transfer);
    emit(tx, "transfer.reversed", &transfer);
    reversal
}
