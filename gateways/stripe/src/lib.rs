//! The one way Atelier talks to Stripe: asks for payments, reads what became of them, opens accounts for creators.
//!
//! Keeps true: every call that changes something carries an idempotency key and is repeated only with that same
//! key; an answer that did not arrive is reported as uncertain, never as a refusal; amounts are whole minor units;
//! no type of the generated client leaves this crate, so its next release changes no room.
//!
//! Not here: what an order, a share or a refund means, and any storing. The rooms decide, this crate only carries.
//! One API version for everything: 2026-08-26.dahlia, the one the generated types were made from.

mod accounts;
mod answer;
mod balance;
mod billing;
mod call;
mod checkout;
mod customers;
mod disputes;
mod error;
mod events;
mod executor;
mod key;
mod payment;
mod payouts;
mod plain;
mod refunds;
mod retry;
mod saved;
mod settings;
mod sheet;
mod tax;
mod transfers;
pub mod webhook;

pub use accounts::{AccountLink, AccountState, Capability};
pub use balance::{Movement, MovementPage, Sent};
pub use billing::{
    Interval, Invoice, NewRecurringPrice, NewSubscriptionPage, Subscription, SubscriptionStatus,
};
pub use checkout::{CheckoutSession, CheckoutStatus, Line, NewCheckoutSession, PaymentStatus};
pub use disputes::{Dispute, DisputeStatus, Evidence, FraudWarning};
pub use error::{StripeError, Uncertain, UncertainCause};
pub use events::{EventPage, EventQuery, ListedEvent, MOST_EVENT_KINDS};
pub use key::IdempotencyKey;
pub use payment::{Charge, Fee, IntentStatus, Payment};
pub use payouts::{Payout, PayoutStatus};
pub use refunds::{NewRefund, Refund, RefundStatus};
pub use saved::SavedCard;
pub use settings::{LIVE_API_BASE, Settings, SettingsError};
pub use sheet::{NewPayment, OpenedPayment, is_api_version};
pub use tax::{NewTaxCalculation, TaxCalculation};
pub use transfers::{NewTransfer, Transfer, TransferReversal};

use std::sync::Arc;

/// The Stripe API version every request names and every webhook endpoint must be pinned to.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// A connection pool to Stripe for one secret key. Cheap to clone.
#[derive(Clone, Debug)]
pub struct StripeGateway {
    executor: Arc<executor::Executor>,
}

impl StripeGateway {
    /// Checks the settings and prepares the pool. Nothing is sent yet.
    ///
    /// # Errors
    /// A [`SettingsError`] that names the setting and how to correct it.
    pub fn connect(settings: Settings) -> Result<Self, SettingsError> {
        Ok(Self { executor: Arc::new(executor::Executor::new(settings)?) })
    }

    /// Whether the key moves real money. Stripe's accounts do not say so themselves, their key does.
    #[must_use]
    pub fn livemode(&self) -> bool {
        self.executor.livemode()
    }
}
