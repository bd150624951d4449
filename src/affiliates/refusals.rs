//! The ways affiliates says no.

use crate::kernel::{Code, Refusal};

use super::model::{HIGHEST_COMMISSION, LONGEST_ATTRIBUTION, MOST_LINKS};

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AffiliateRefusal {
    /// Nothing left for the creator, or nothing for the affiliate.
    #[error("A commission is from 1 to {HIGHEST_COMMISSION} basis points: 1000 is a tenth.")]
    CommissionOutOfRange,
    /// Too short or too long.
    #[error("A click counts for 1 to {LONGEST_ATTRIBUTION} days.")]
    DaysOutOfRange,
    /// The caller's address is not proven.
    #[error("Prove your e-mail address first: ask for a code with authEmailVerificationSend.")]
    EmailNotVerified,
    /// No program, or closed.
    #[error("This creator takes no affiliates at the moment.")]
    ProgramClosed,
    /// No profile that could be paid.
    #[error(
        "Commissions are paid to a creator profile: make yours with creatorCreate first. It needs no courses."
    )]
    ProfileMissing,
    /// One's own team.
    #[error("You cannot earn by recommending a creator whose team you work in.")]
    OwnTeam,
    /// One's own link.
    #[error("You cannot earn by what you buy yourself: ask for a quote without this affiliateToken.")]
    OwnPurchase,
    /// Declined or suspended.
    #[error("This creator has decided against working with you. Ask them; they can change their mind.")]
    TurnedAway,
    /// Not let in (yet).
    #[error("Apply to this creator with affiliateApply, and wait until they have let you in.")]
    NotApproved,
    /// Enough links.
    #[error("You may have at most {MOST_LINKS} active links with a creator: disable one first.")]
    LinksFull,
    /// Not the creator's, or not public.
    #[error("This creator offers nothing with this id.")]
    OfferingUnknown,
}

impl Refusal for AffiliateRefusal {
    fn code(&self) -> Code {
        match self {
            Self::CommissionOutOfRange | Self::DaysOutOfRange => Code::OutOfRange,
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::ProgramClosed | Self::TurnedAway => Code::InvalidState,
            Self::ProfileMissing => Code::Required,
            Self::OwnTeam | Self::OwnPurchase => Code::SelfReferral,
            Self::NotApproved => Code::NotAllowed,
            Self::LinksFull => Code::LimitReached,
            Self::OfferingUnknown => Code::NotFound,
        }
    }
}
