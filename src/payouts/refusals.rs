//! The ways payouts says no.

use crate::kernel::{Code, Detail, Refusal};

/// Why there is no link, no payout, no schedule.
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
    /// Nothing or less.
    #[error("The amount must be more than zero.")]
    AmountInvalid,
    /// No account, or something of it is missing.
    #[error("Your payout account is not ready. Finish the form that payoutAccountLinkCreate opens.")]
    AccountIncomplete,
    /// An operator holds the money back.
    #[error("Your payouts are being looked at. We will write to you.")]
    HeldByPlatform,
    /// More than there is.
    #[error("Your balance at the payment service is less than this. balance.holds says what waits and why.")]
    BalanceInsufficient,
    /// Stripe's schedule knows no minimum.
    #[error("A minimum is not offered yet. Choose MANUAL and ask for payouts yourself instead.")]
    MinimumUnserved,
}

impl Refusal for PayoutRefusal {
    fn code(&self) -> Code {
        match self {
            Self::UrlInvalid => Code::Invalid,
            Self::CountryUnserved | Self::HeldByPlatform | Self::MinimumUnserved => Code::NotAllowed,
            Self::ProviderAway => Code::PaymentProviderUnavailable,
            Self::AmountInvalid => Code::OutOfRange,
            Self::AccountIncomplete => Code::PayoutAccountIncomplete,
            Self::BalanceInsufficient => Code::InsufficientBalance,
        }
    }

    fn detail(&self) -> Detail {
        match self {
            Self::ProviderAway => Detail::RetryAfter(5),
            _ => Detail::None,
        }
    }
}
