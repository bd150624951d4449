//! The ways identity says no.

use crate::kernel::{Code, Refusal};

/// Why an identity action did nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityRefusal {
    /// Not an e-mail address.
    #[error("This does not look like an e-mail address.")]
    EmailInvalid,
    /// Too short.
    #[error("A password needs at least {0} characters.")]
    PasswordTooShort(usize),
    /// Too long to hash with care.
    #[error("A password may have at most {0} characters.")]
    PasswordTooLong(usize),
    /// Among the first that anybody would guess.
    #[error("This password is too easy to guess. Three or four unrelated words make a good one.")]
    PasswordGuessable,
    /// Address or password wrong; also: no such account.
    #[error("E-mail address or password is wrong.")]
    CredentialsWrong,
    /// The right password, but the address is not proven.
    #[error("Prove your e-mail address first: we have just sent you a new code.")]
    EmailNotVerified,
    /// The account was closed by the platform.
    #[error("This account is suspended. Write to us if you think that is a mistake.")]
    Suspended,
    /// The code is wrong, used or unknown.
    #[error("This code or link is not valid. Ask for a new one.")]
    ProofInvalid,
    /// The code is too old.
    #[error("This code or link has expired. Ask for a new one.")]
    ProofExpired,
    /// The refresh token is unknown, used or revoked.
    #[error("This session has ended. Sign in again.")]
    SessionEnded,
    /// Too young.
    #[error("You need to be old enough to make a contract where you live, or have a parent do it.")]
    NotOfAge,
    /// The current password is wrong.
    #[error("The current password is wrong.")]
    CurrentPasswordWrong,
    /// No such IANA zone.
    #[error("This is not a time zone such as Europe/Berlin.")]
    TimeZoneUnknown,
    /// Not a language tag.
    #[error("This is not a language such as en or pt-BR.")]
    LanguageUnknown,
}

impl Refusal for IdentityRefusal {
    fn code(&self) -> Code {
        match self {
            Self::EmailInvalid | Self::TimeZoneUnknown | Self::LanguageUnknown => Code::Invalid,
            Self::PasswordTooShort(_) => Code::TooShort,
            Self::PasswordTooLong(_) => Code::TooLong,
            Self::PasswordGuessable => Code::PasswordTooWeak,
            Self::CredentialsWrong | Self::CurrentPasswordWrong => Code::InvalidCredentials,
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::Suspended => Code::AccountSuspended,
            Self::ProofInvalid | Self::SessionEnded => Code::TokenInvalid,
            Self::ProofExpired => Code::TokenExpired,
            Self::NotOfAge => Code::NotAllowed,
        }
    }
}
