//! Disputes: what a buyer's bank takes back, what moved in our balance for it, and our answer.
//!
//! Keeps true: what moved is read from the balance transactions, not from the claim; a state we do not know is never
//! taken for won or lost; evidence is text, sent at once and final.
//! Not here: whose money is frozen, and what the evidence says.
//!
//! Source: <https://docs.stripe.com/api/disputes>, <https://docs.stripe.com/api/radar/early_fraud_warnings>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use stripe_client_core::{RequestBuilder, StripeMethod};
use stripe_core::dispute::{RetrieveDispute, UpdateDispute, UpdateDisputeEvidence};
use stripe_shared::DisputeStatus as Wire;

use crate::plain::{Nonsense, currency_code, moment, path_id};
use crate::{IdempotencyKey, StripeError, StripeGateway, UncertainCause};

/// A payment that a buyer's bank disputes.
#[derive(Clone, Debug)]
pub struct Dispute {
    /// `du_..` or `dp_..`
    pub id: String,
    /// `ch_..` or `py_..`
    pub charge: String,
    /// What the bank claims, in minor units; may differ from the charge.
    pub amount: i64,
    /// Upper-case ISO code.
    pub currency: String,
    /// How far it is.
    pub status: DisputeStatus,
    /// Why, in Stripe's words, for example `fraudulent`.
    pub reason: String,
    /// Whether the charge can still be refunded, which ends the dispute.
    pub is_charge_refundable: bool,
    /// Until when evidence is taken.
    pub evidence_due: Option<DateTime<Utc>>,
    /// Whether evidence was handed in.
    pub is_answered: bool,
    /// Taken from our balance, in minor units.
    pub withdrawn: i64,
    /// Given back to our balance, in minor units.
    pub reinstated: i64,
    /// What it cost us, in minor units.
    pub fee: i64,
    /// What of the fee was given back.
    pub fee_returned: i64,
    /// When it was opened.
    pub created: DateTime<Utc>,
}

/// A bank's suspicion that a payment was not made by the owner of the card. Nothing has moved.
#[derive(Clone, Debug)]
pub struct FraudWarning {
    /// `issfr_..`
    pub id: String,
    /// `ch_..`
    pub charge: String,
    /// Why, in Stripe's words, for example `made_with_stolen_card`.
    pub kind: String,
    /// When.
    pub created: DateTime<Utc>,
}

/// The generated client has no type for it.
#[derive(Deserialize)]
struct WireWarning {
    id: String,
    charge: String,
    fraud_type: String,
    created: i64,
}

/// How far a dispute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeStatus {
    /// The bank only asks; no money moved.
    Inquiry,
    /// The bank asked, and is done; no money moved.
    InquiryClosed,
    /// The money is gone; evidence is waited for.
    NeedsResponse,
    /// The bank decides.
    UnderReview,
    /// For us.
    Won,
    /// Against us.
    Lost,
    /// A word this version does not know: park it and tell a person.
    Unknown,
}

/// What we tell the bank, each field with a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// What was sold.
    pub product_description: String,
    /// Who bought it.
    pub customer_email_address: String,
    /// What they are called.
    pub customer_name: Option<String>,
    /// From when on they could use it.
    pub service_date: String,
    /// What they did with it, when.
    pub access_activity_log: String,
    /// Which terms they saw and agreed to.
    pub refund_policy_disclosure: String,
    /// Why it is not refunded.
    pub refund_refusal_explanation: String,
    /// Receipt, dates, and what was given back.
    pub uncategorized_text: String,
}

impl StripeGateway {
    /// Reads a dispute with what moved for it.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn dispute(&self, id: &str) -> Result<Dispute, StripeError> {
        self.read(&RetrieveDispute::new(path_id(id)?), dispute_from).await
    }

    /// Reads a bank's early suspicion.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn fraud_warning(&self, id: &str) -> Result<FraudWarning, StripeError> {
        let path = format!("/radar/early_fraud_warnings/{}", path_id(id)?);
        let answer = self.raw(RequestBuilder::new(StripeMethod::Get, path), None).await?;
        let unreadable = || answer.uncertain(UncertainCause::Unreadable);
        let read: WireWarning = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        let created = moment(read.created).map_err(|Nonsense| unreadable())?;
        Ok(FraudWarning { id: read.id, charge: read.charge, kind: read.fraud_type, created })
    }

    /// Hands evidence in; it cannot be changed afterwards.
    ///
    /// # Errors
    /// See [`StripeError`]; `Refused` if it is too late or was done before.
    pub async fn submit_evidence(
        &self,
        key: &IdempotencyKey,
        dispute: &str,
        evidence: Evidence,
        metadata: HashMap<String, String>,
    ) -> Result<Dispute, StripeError> {
        let request =
            UpdateDispute::new(path_id(dispute)?).evidence(wire(evidence)).metadata(metadata).submit(true);
        self.write(key, &request, dispute_from).await
    }
}

fn wire(evidence: Evidence) -> UpdateDisputeEvidence {
    let mut wire = UpdateDisputeEvidence::new();
    wire.product_description = Some(evidence.product_description);
    wire.customer_email_address = Some(evidence.customer_email_address);
    wire.customer_name = evidence.customer_name;
    wire.service_date = Some(evidence.service_date);
    wire.access_activity_log = Some(evidence.access_activity_log);
    wire.refund_policy_disclosure = Some(evidence.refund_policy_disclosure);
    wire.refund_refusal_explanation = Some(evidence.refund_refusal_explanation);
    wire.uncategorized_text = Some(evidence.uncategorized_text);
    wire
}

fn dispute_from(dispute: stripe_shared::Dispute) -> Result<Dispute, Nonsense> {
    let moved = &dispute.balance_transactions;
    let sum = |of: &dyn Fn(&stripe_shared::BalanceTransaction) -> i64| -> i64 { moved.iter().map(of).sum() };
    Ok(Dispute {
        withdrawn: sum(&|one| (-one.amount).max(0)),
        reinstated: sum(&|one| one.amount.max(0)),
        fee: sum(&|one| one.fee.max(0)),
        fee_returned: sum(&|one| (-one.fee).max(0)),
        id: dispute.id.to_string(),
        charge: dispute.charge.into_id().to_string(),
        amount: dispute.amount,
        currency: currency_code(&dispute.currency),
        status: status_from(&dispute.status),
        reason: dispute.reason,
        is_charge_refundable: dispute.is_charge_refundable,
        evidence_due: dispute.evidence_details.due_by.map(moment).transpose()?,
        is_answered: dispute.evidence_details.submission_count > 0,
        created: moment(dispute.created)?,
    })
}

fn status_from(status: &Wire) -> DisputeStatus {
    match status {
        Wire::WarningNeedsResponse | Wire::WarningUnderReview => DisputeStatus::Inquiry,
        Wire::WarningClosed | Wire::Prevented => DisputeStatus::InquiryClosed,
        Wire::NeedsResponse => DisputeStatus::NeedsResponse,
        Wire::UnderReview => DisputeStatus::UnderReview,
        Wire::Won => DisputeStatus::Won,
        Wire::Lost => DisputeStatus::Lost,
        _ => DisputeStatus::Unknown,
    }
}
