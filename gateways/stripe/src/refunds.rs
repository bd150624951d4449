//! Money back to buyers: ask for it, read what became of it.
//!
//! Keeps true: a refund names the charge it gives back and carries our ids; Stripe's words for its state become ours,
//! and a word we do not know is never taken for success.
//! Not here: how much may be given back, and taking back what creators were sent.
//!
//! Source: <https://docs.stripe.com/api/refunds>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use stripe_core::refund::{CreateRefund, CreateRefundReason, ListRefund, RetrieveRefund};

use crate::plain::{Nonsense, currency_code, moment, path_id};
use crate::{IdempotencyKey, StripeError, StripeGateway};

/// What to give back.
#[derive(Clone, Debug)]
pub struct NewRefund {
    /// `ch_..` or `py_..`
    pub charge: String,
    /// In minor units of the charge's currency.
    pub amount: i64,
    /// Whether the buyer paid twice for the same.
    pub is_duplicate: bool,
    /// Our ids.
    pub metadata: HashMap<String, String>,
}

/// Money on its way back.
#[derive(Clone, Debug)]
pub struct Refund {
    /// `re_..` or `pyr_..`
    pub id: String,
    /// Of which charge.
    pub charge: Option<String>,
    /// In minor units.
    pub amount: i64,
    /// Upper-case ISO code.
    pub currency: String,
    /// How far it is.
    pub status: RefundStatus,
    /// Why it failed, in Stripe's words, for example `expired_or_canceled_card`.
    pub failure: Option<String>,
    /// Our ids, as we gave them.
    pub metadata: HashMap<String, String>,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStatus {
    /// On its way.
    Pending,
    /// With the buyer's bank; it may still come back as failed.
    Succeeded,
    /// It did not reach the buyer; the money is ours again.
    Failed,
    /// A word this version does not know: park it and tell a person.
    Unknown,
}

impl StripeGateway {
    /// Gives money back.
    ///
    /// # Errors
    /// See [`StripeError`]; `Refused` if it is more than is left of the charge, or if the charge is disputed.
    pub async fn create_refund(&self, key: &IdempotencyKey, new: NewRefund) -> Result<Refund, StripeError> {
        let reason = if new.is_duplicate {
            CreateRefundReason::Duplicate
        } else {
            CreateRefundReason::RequestedByCustomer
        };
        let request =
            CreateRefund::new().charge(new.charge).amount(new.amount).reason(reason).metadata(new.metadata);
        self.write(key, &request, refund_from).await
    }

    /// Reads a refund.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn refund(&self, id: &str) -> Result<Refund, StripeError> {
        self.read(&RetrieveRefund::new(path_id(id)?), refund_from).await
    }

    /// The newest refunds of a charge, at most a hundred.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn refunds_of_charge(&self, charge: &str) -> Result<Vec<Refund>, StripeError> {
        let request = ListRefund::new().charge(charge).limit(100);
        self.read(&request, |list| list.data.into_iter().map(refund_from).collect()).await
    }
}

fn refund_from(refund: stripe_shared::Refund) -> Result<Refund, Nonsense> {
    Ok(Refund {
        id: refund.id.to_string(),
        charge: refund.charge.map(|charge| charge.into_id().to_string()),
        amount: refund.amount,
        currency: currency_code(&refund.currency),
        status: status_from(refund.status.as_deref()),
        failure: refund.failure_reason,
        metadata: refund.metadata.unwrap_or_default(),
        created: moment(refund.created)?,
    })
}

fn status_from(status: Option<&str>) -> RefundStatus {
    match status {
        Some("pending" | "requires_action") => RefundStatus::Pending,
        Some("succeeded") => RefundStatus::Succeeded,
        Some("failed" | "canceled") => RefundStatus::Failed,
        _ => RefundStatus::Unknown,
    }
}
