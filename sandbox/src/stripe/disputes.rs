//! Disputes: the buyer's bank takes the money back, and gives it back if we win.
//!
//! It keeps true that a dispute withdraws its amount and a fee at once, that only an open one can be closed, and that
//! the fee stays with Stripe when it is lost (<https://docs.stripe.com/disputes/how-disputes-work>). The disputed
//! amount may differ from the charge. An inquiry (`warning_*`) moves
//! nothing.

use serde_json::{Value, json};

use super::balance::{Movement, book};
use super::error::StripeError;
use super::events::emit;
use super::objects::{build, leave_out, members, merge_metadata, overlay, text};
use super::tx::Tx;

/// What Stripe takes for a dispute, in minor units.
const FEE: i64 = 2000;
const DISPUTING_CARD: &str = "0259";
/// How long evidence can be given.
const ANSWER_WITHIN: i64 = 7 * 86_400;

/// The buyer disputes a charge, wholly or by another amount.
pub(crate) fn open(tx: &mut Tx<'_>, charge: &str, amount: Option<i64>) -> Result<Value, StripeError> {
    let mut charge = tx.load("charge", charge, "charge")?;
    if charge["paid"] != true || charge["disputed"] == true {
        return Err(StripeError::invalid("Only a paid charge without a dispute can be disputed."));
    }
    let amount = amount.or(charge["amount"].as_i64()).filter(|amount| *amount > 0);
    let amount = amount
        .ok_or_else(|| StripeError::invalid("The disputed amount is a positive number.").param("amount"))?;
    let mut dispute = object(tx, &charge, amount);
    let taken = movement(&dispute, "dispute", -amount, FEE, tx.now);
    let booked = book(tx, &taken);
    dispute["balance_transactions"] = json!([booked]);
    tx.save(&dispute);
    charge["disputed"] = true.into();
    tx.save(&charge);
    emit(tx, "charge.dispute.created", &dispute);
    emit(tx, "charge.dispute.funds_withdrawn", &dispute);
    emit(tx, "charge.updated", &charge);
    Ok(dispute)
}

/// The buyer's bank only asks: an inquiry moves no money and leaves the charge refundable
/// (<https://docs.stripe.com/disputes/how-disputes-work#inquiries>).
pub(crate) fn inquire(tx: &mut Tx<'_>, charge: &str) -> Result<Value, StripeError> {
    let charge = tx.load("charge", charge, "charge")?;
    let amount = charge["amount"].as_i64().filter(|_| charge["paid"] == true);
    let amount = amount.ok_or_else(|| StripeError::invalid("Only a paid charge can be asked about."))?;
    let mut dispute = object(tx, &charge, amount);
    overlay(&mut dispute, json!({ "status": "warning_needs_response", "is_charge_refundable": true }));
    tx.save(&dispute);
    emit(tx, "charge.dispute.created", &dispute);
    Ok(dispute)
}

/// The test card 4000 0000 0000 0259 is disputed as soon as it has paid.
pub(crate) fn open_by_card(tx: &mut Tx<'_>, intent: &Value) {
    let id = text(intent, "latest_charge").to_owned();
    let charge = tx.store.get("charge", &id);
    let by_card =
        charge.is_some_and(|charge| charge["payment_method_details"]["card"]["last4"] == DISPUTING_CARD);
    if by_card && let Err(error) = open(tx, &id, None) {
        tx.violations.record(format!("the card's dispute could not be opened: {error}"));
    }
}

/// Whether a charge is, or was to the end, taken back by the bank.
pub(crate) fn stands_against(tx: &Tx<'_>, charge: &str) -> bool {
    tx.store.rows("dispute").any(|dispute| {
        let status = text(dispute, "status");
        dispute["charge"] == charge && status != "won" && !status.starts_with("warning_")
    })
}

fn object(tx: &mut Tx<'_>, charge: &Value, amount: i64) -> Value {
    let id = tx.id("du_1", 23);
    let due_by = tx.now + ANSWER_WITHIN;
    let mut dispute = build(
        "dispute",
        json!({
            "id": id, "amount": amount, "charge": charge["id"], "created": tx.now, "currency": charge["currency"],
            "payment_intent": charge["payment_intent"], "is_charge_refundable": false, "metadata": {},
            "reason": "fraudulent", "status": "needs_response", "balance_transactions": [],
            "enhanced_eligibility_types": [],
        }),
    );
    overlay(
        &mut dispute["evidence_details"],
        json!({ "due_by": due_by, "has_evidence": false, "submission_count": 0 }),
    );
    let card = &charge["payment_method_details"]["card"];
    if card.is_object() {
        overlay(
            &mut dispute["payment_method_details"]["card"],
            json!({ "brand": card["brand"], "network": card["network"], "case_type": "chargeback" }),
        );
    } else {
        leave_out(&mut dispute, &["payment_method_details"]);
    }
    dispute
}

fn movement<'a>(dispute: &'a Value, category: &'static str, amount: i64, fee: i64, now: i64) -> Movement<'a> {
    Movement {
        source: dispute,
        kind: "adjustment",
        category,
        amount,
        fee,
        fee_name: "Dispute fee",
        available_on: now,
    }
}

/// The bank decides: won gives the money and the fee back, lost leaves both gone.
pub(crate) fn close(tx: &mut Tx<'_>, id: &str, won: bool) -> Result<Value, StripeError> {
    let mut dispute = tx.load("dispute", id, "dispute")?;
    if text(&dispute, "status") == "warning_needs_response" {
        dispute["status"] = "warning_closed".into();
        tx.save(&dispute);
        emit(tx, "charge.dispute.closed", &dispute);
        return Ok(dispute);
    }
    if !matches!(text(&dispute, "status"), "needs_response" | "under_review") {
        return Err(
            StripeError::invalid(format!("Dispute {id} is already closed.")).code("dispute_already_closed")
        );
    }
    dispute["status"] = if won { "won" } else { "lost" }.into();
    if won {
        let amount = dispute["amount"].as_i64().unwrap_or_default();
        let returned = book(tx, &movement(&dispute, "dispute_reversal", amount, -FEE, tx.now));
        if let Some(all) = dispute["balance_transactions"].as_array_mut() {
            all.push(returned);
        }
    }
    tx.save(&dispute);
    if won {
        emit(tx, "charge.dispute.funds_reinstated", &dispute);
    }
    emit(tx, "charge.dispute.closed", &dispute);
    Ok(dispute)
}

/// `POST /v1/disputes/{dispute}`: evidence in text, metadata, and handing it in.
pub(crate) fn update(tx: &mut Tx<'_>, id: &str, params: &Value) -> Result<Value, StripeError> {
    let mut dispute = tx.load("dispute", id, "dispute")?;
    if dispute["status"] != "needs_response" {
        return Err(StripeError::invalid(format!("Dispute {id} no longer takes evidence.")));
    }
    let evidence = members(&params["evidence"]);
    if evidence.values().any(Value::is_object) {
        return Err(super::intents::not_simulated("evidence[enhanced_evidence]"));
    }
    if !evidence.is_empty() {
        dispute["evidence_details"]["has_evidence"] = true.into();
        overlay(&mut dispute["evidence"], Value::Object(evidence));
    }
    if let Some(metadata) = params.get("metadata") {
        dispute["metadata"] = merge_metadata(&dispute["metadata"], metadata);
    }
    if params["submit"] != false {
        dispute["status"] = "under_review".into();
        dispute["evidence_details"]["submission_count"] = 1.into();
    }
    tx.save(&dispute);
    emit(tx, "charge.dispute.updated", &dispute);
    Ok(dispute)
}
