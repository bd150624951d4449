//! The ways this room says no.

use crate::kernel::{Code, Refusal};

/// Why an operator's wish was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperatorRefusal {
    /// No reason was given.
    #[error("Say why, in 1 to 1000 characters: it is kept in the audit log.")]
    ReasonMissing,
    /// No note was given.
    #[error("Say what you found and did, in 1 to 2000 characters: it is kept with the case.")]
    NoteMissing,
    /// The event was meant for another installation, mode or address.
    #[error(
        "This event is of another mode or came to the wrong address, so it is never handled. Close its case."
    )]
    EventMisfit,
    /// Somebody closed it before.
    #[error("This case is closed already. Read what was found in its note.")]
    CaseClosed,
    /// No account has this address.
    #[error("No account has this address. They sign up first; then they get the role.")]
    NobodyThere,
}

impl Refusal for OperatorRefusal {
    fn code(&self) -> Code {
        match self {
            Self::ReasonMissing | Self::NoteMissing => Code::Required,
            Self::EventMisfit | Self::CaseClosed => Code::InvalidState,
            Self::NobodyThere => Code::NotFound,
        }
    }
}
