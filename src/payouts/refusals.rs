//! The ways payouts says no.

use crate::kernel::{Code, Detail, Refusal};

/// Why there is no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayoutRefusal {
    /// Not a web address.
    #[error("This must be an absolute https address.")]
    UrlInvalid,
    /// Stripe does not serve the creator's country from here.
    #[error("Payouts to this country are not possible yet.")]
    CountryUnserved,
    /// Stripe does not answer.
    #[error("The payout service does not answer. Try again in a moment.")]
    ProviderAway,
}

impl Refusal for PayoutRefusal {
    fn code(&self) -> Code {
        match self {
            Self::UrlInvalid => Code::Invalid,
            Self::CountryUnserved => Code::NotAllowed,
            Self::ProviderAway => Code::PaymentProviderUnavailable,
        }
    }

    fn detail(&self) -> Detail {
        match self {
            Self::ProviderAway => Detail::RetryAfter(5),
            _ => Detail::None,
        }
    }
}
