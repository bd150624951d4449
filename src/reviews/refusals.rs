//! The ways this room says no.

use crate::kernel::{Code, Refusal};

/// Why something was not reviewed, answered or voted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewRefusal {
    /// A bundle or a membership.
    #[error("Courses and workshops are reviewed, not what they are sold in: review what is in it.")]
    NotReviewed,
    /// Who earns by it.
    #[error("You work on this, or earn by it: others say what it is like.")]
    OwnOffering,
    /// No right to it.
    #[error("Only who has taken part can review this.")]
    NotThere,
    /// Nothing of it was seen.
    #[error("Finish a lesson first: then you can say what it is like.")]
    NoLessonYet,
    /// The session lies ahead, or they missed it.
    #[error("You can review this once you have been at a session.")]
    NoSessionYet,
    /// Not 1 to 5.
    #[error("Give 1 to 5 stars.")]
    NotStars,
    /// The platform took it down.
    #[error("The platform has taken your review down. It cannot be changed or written anew.")]
    TakenDown,
    /// A vote for oneself or one's own.
    #[error("You cannot vote for your own review, or for one of what you teach.")]
    OwnVote,
    /// Its author took the words back.
    #[error("Its author has deleted this review. There is nothing to show again.")]
    Erased,
}

impl Refusal for ReviewRefusal {
    fn code(&self) -> Code {
        match self {
            Self::NotReviewed | Self::OwnOffering | Self::OwnVote => Code::NotAllowed,
            Self::NotThere => Code::NotEnrolled,
            Self::NoLessonYet | Self::NoSessionYet | Self::TakenDown | Self::Erased => Code::InvalidState,
            Self::NotStars => Code::OutOfRange,
        }
    }
}
