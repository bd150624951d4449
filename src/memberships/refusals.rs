//! The ways memberships says no.

use crate::kernel::{Code, Detail, Refusal};

/// Why a membership was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MembershipRefusal {
    /// A right that was bought once, or came with a membership.
    #[error("This is not a membership: there is nothing to end. Look for the membership it came with.")]
    NotAMembership,
    /// Over.
    #[error("This membership is over. Buy it again to come back.")]
    Over,
    /// Not a web address.
    #[error("This must be an absolute https address.")]
    UrlInvalid,
    /// Nobody Stripe knows.
    #[error("There is nothing to show yet: buy something first.")]
    NoCustomer,
    /// Stripe does not answer.
    #[error("The payment service does not answer. Try again in a moment.")]
    ProviderAway,
    /// Stripe refused.
    #[error("The payment service would not change this membership. Try again, or write to us.")]
    ProviderRefused,
}

impl Refusal for MembershipRefusal {
    fn code(&self) -> Code {
        match self {
            Self::NotAMembership | Self::Over | Self::NoCustomer => Code::InvalidState,
            Self::UrlInvalid => Code::Invalid,
            Self::ProviderAway | Self::ProviderRefused => Code::PaymentProviderUnavailable,
        }
    }

    fn detail(&self) -> Detail {
        match self {
            Self::ProviderAway => Detail::RetryAfter(5),
            _ => Detail::None,
        }
    }
}
