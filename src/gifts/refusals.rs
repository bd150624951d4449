//! The ways gifts say no.

use crate::kernel::{Code, Refusal};

/// Why a code redeemed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GiftRefusal {
    /// No such code.
    #[error("There is no gift with this code. Copy it from the letter as it stands there.")]
    Unknown,
    /// Somebody else was first.
    #[error("This gift has been redeemed already, by another account.")]
    Redeemed,
    /// The money went back.
    #[error("This gift is no longer valid: it was given back. Ask whoever gave it to you.")]
    Void,
    /// A bank disputes the payment.
    #[error("The payment for this gift is disputed by a bank. It can be redeemed if that is settled.")]
    Frozen,
    /// They have all of it.
    #[error(
        "You have this already: it is in your library. The gift stays good: pass the code on to somebody who can use it."
    )]
    Owned,
    /// The e-mail address is not proven.
    #[error("Prove your e-mail address first.")]
    EmailNotVerified,
}

impl Refusal for GiftRefusal {
    fn code(&self) -> Code {
        match self {
            Self::Unknown => Code::TokenInvalid,
            Self::Redeemed => Code::Taken,
            Self::Void => Code::TokenExpired,
            Self::Frozen => Code::InvalidState,
            Self::Owned => Code::AlreadyEnrolled,
            Self::EmailNotVerified => Code::EmailNotVerified,
        }
    }
}
