//! The ways learning says no.

use crate::kernel::{Code, Refusal};

use super::model::{LONGEST, MOST_EVENTS};

/// Why a learning action did nothing, or did not take an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LearningRefusal {
    /// No right to it yet.
    #[error("You are not enrolled in this course. Enroll first; preview lessons are open to all.")]
    NotEnrolled,
    /// There was a right to it.
    #[error("Your access to this course has ended.")]
    AccessEnded,
    /// A text or a download.
    #[error("This lesson has nothing to play.")]
    NothingToPlay,
    /// The file is not READY any more.
    #[error("The file is not ready. Try again later.")]
    MediaNotReady,
    /// The creator has replaced it.
    #[error("Another file is played here by now. Ask for a new grant.")]
    AnotherFile,
    /// The same person plays elsewhere.
    #[error("You are playing on as many other devices as you may. Ask for a new grant to go on here.")]
    TooManyDevices,
    /// More than one call may bring.
    #[error("At most {MOST_EVENTS} events at once. Send the rest in another call.")]
    TooManyEvents,
    /// A POSITION without one.
    #[error("A POSITION event needs positionSeconds.")]
    PositionMissing,
    /// Negative, or longer than a week.
    #[error("Seconds must be between 0 and {LONGEST}.")]
    SecondsOutOfRange,
}

impl Refusal for LearningRefusal {
    fn code(&self) -> Code {
        match self {
            Self::NotEnrolled => Code::NotEnrolled,
            Self::AccessEnded => Code::LessonLocked,
            Self::NothingToPlay | Self::AnotherFile => Code::InvalidState,
            Self::TooManyDevices => Code::DeviceLimit,
            Self::MediaNotReady => Code::AssetNotReady,
            Self::TooManyEvents => Code::TooMany,
            Self::PositionMissing => Code::Required,
            Self::SecondsOutOfRange => Code::OutOfRange,
        }
    }
}
