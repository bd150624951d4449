//! The ways payments says no. Only Stripe, or somebody who pretends to be, ever hears it.

use stripe_gateway::webhook::WebhookRefusal;

use crate::kernel::{Code, Refusal};

/// Why a delivery was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRefusal {
    /// It is not from Stripe, or not now.
    #[error("{0}")]
    Delivery(WebhookRefusal),
}

impl Refusal for PaymentRefusal {
    fn code(&self) -> Code {
        match self {
            Self::Delivery(_) => Code::TokenInvalid,
        }
    }
}
