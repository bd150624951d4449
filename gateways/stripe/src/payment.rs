//! Payments and their charges, as Stripe has them now.
//!
//! Keeps true: amounts and currencies come from the object itself, read with our key and version, never from an
//! event's payload; the fee is absent until Stripe has booked it.
//! Not here: refunds, disputes, transfers; and any judgement on whether the amount is right.
//!
//! Source: <https://docs.stripe.com/api/payment_intents>, <https://docs.stripe.com/api/charges>

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use stripe_core::{charge::RetrieveCharge, payment_intent::RetrievePaymentIntent};
use stripe_shared::PaymentIntentStatus;
use stripe_types::Expandable;

use crate::plain::{Nonsense, currency_code, moment, path_id};
use crate::{StripeError, StripeGateway};

/// One payment (Stripe's PaymentIntent).
#[derive(Clone, Debug)]
pub struct Payment {
    /// `pi_..`
    pub intent_id: String,
    /// How far it got.
    pub intent_status: IntentStatus,
    /// Asked for, in minor units.
    pub amount: i64,
    /// Arrived, in minor units.
    pub amount_received: i64,
    /// Upper-case ISO code.
    pub currency: String,
    /// Whether this is real money.
    pub livemode: bool,
    /// Our ids, as we gave them.
    pub metadata: HashMap<String, String>,
    /// Our order id, as we gave it.
    pub transfer_group: Option<String>,
    /// The last charge tried, where Stripe included it.
    pub charge: Option<Charge>,
}

/// How far a payment got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentStatus {
    /// Waiting for a card or a confirmation.
    Open,
    /// Waiting for the buyer, for example 3-D Secure.
    RequiresAction,
    /// The bank is at work.
    Processing,
    /// Reserved, not yet taken.
    RequiresCapture,
    /// Paid.
    Succeeded,
    /// Will never be paid.
    Canceled,
    /// A word this version does not know: park it and tell a person.
    Unknown,
}

/// Money taken from a buyer.
#[derive(Clone, Debug)]
pub struct Charge {
    /// `ch_..` or `py_..`
    pub id: String,
    /// Asked for, in minor units.
    pub amount: i64,
    /// Taken, in minor units.
    pub amount_captured: i64,
    /// Given back so far, in minor units.
    pub amount_refunded: i64,
    /// Upper-case ISO code.
    pub currency: String,
    /// Whether it succeeded.
    pub paid: bool,
    /// Whether the buyer's bank disputes it.
    pub disputed: bool,
    /// Whether this is real money.
    pub livemode: bool,
    /// When.
    pub created: DateTime<Utc>,
    /// `pi_..`, if it belongs to one.
    pub payment_intent_id: Option<String>,
    /// Our order id, as we gave it.
    pub transfer_group: Option<String>,
    /// Stripe's page with the receipt; whoever has the address can open it.
    pub receipt_url: Option<String>,
    /// Stripe's fee; none until it is booked, then `charge.updated` tells.
    pub fee: Option<Fee>,
}

/// What Stripe kept of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    /// `txn_..`
    pub balance_transaction_id: String,
    /// Minor units of `currency`.
    pub fee_minor: i64,
    /// What arrived in our balance, minor units of `currency`.
    pub net_minor: i64,
    /// Upper-case ISO code of our balance.
    pub currency: String,
}

impl StripeGateway {
    /// Reads a payment with its last charge and fee.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn payment_intent(&self, id: &str) -> Result<Payment, StripeError> {
        let request = RetrievePaymentIntent::new(path_id(id)?)
            .expand(vec!["latest_charge.balance_transaction".to_owned()]);
        self.read(&request, payment_from).await
    }

    /// Reads a charge with its fee.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn charge(&self, id: &str) -> Result<Charge, StripeError> {
        let request = RetrieveCharge::new(path_id(id)?).expand(vec!["balance_transaction".to_owned()]);
        self.read(&request, charge_from).await
    }
}

pub(crate) fn payment_from(intent: stripe_shared::PaymentIntent) -> Result<Payment, Nonsense> {
    let charge = match intent.latest_charge.and_then(Expandable::into_object) {
        Some(charge) => Some(charge_from(charge)?),
        None => None,
    };
    Ok(Payment {
        intent_id: intent.id.to_string(),
        intent_status: intent_status_from(&intent.status),
        amount: intent.amount,
        amount_received: intent.amount_received,
        currency: currency_code(&intent.currency),
        livemode: intent.livemode,
        metadata: intent.metadata,
        transfer_group: intent.transfer_group,
        charge,
    })
}

fn charge_from(charge: stripe_shared::Charge) -> Result<Charge, Nonsense> {
    Ok(Charge {
        id: charge.id.to_string(),
        amount: charge.amount,
        amount_captured: charge.amount_captured,
        amount_refunded: charge.amount_refunded,
        currency: currency_code(&charge.currency),
        paid: charge.paid,
        disputed: charge.disputed,
        livemode: charge.livemode,
        created: moment(charge.created)?,
        payment_intent_id: charge.payment_intent.map(|intent| intent.into_id().to_string()),
        transfer_group: charge.transfer_group,
        receipt_url: charge.receipt_url,
        fee: charge.balance_transaction.and_then(Expandable::into_object).map(|booked| Fee {
            balance_transaction_id: booked.id.to_string(),
            fee_minor: booked.fee,
            net_minor: booked.net,
            currency: currency_code(&booked.currency),
        }),
    })
}

fn intent_status_from(status: &PaymentIntentStatus) -> IntentStatus {
    match status {
        PaymentIntentStatus::RequiresPaymentMethod | PaymentIntentStatus::RequiresConfirmation => {
            IntentStatus::Open
        }
        PaymentIntentStatus::RequiresAction => IntentStatus::RequiresAction,
        PaymentIntentStatus::Processing => IntentStatus::Processing,
        PaymentIntentStatus::RequiresCapture => IntentStatus::RequiresCapture,
        PaymentIntentStatus::Succeeded => IntentStatus::Succeeded,
        PaymentIntentStatus::Canceled => IntentStatus::Canceled,
        _ => IntentStatus::Unknown,
    }
}
