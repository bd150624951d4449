//! The ways a room says no.

use crate::kernel::{Code, Detail, Refusal};

use super::model::{LONGEST_MUTE_MINUTES, LONGEST_SLOW_SECONDS, MOST_EMOJI};

/// Why something was not said or done in a room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatRefusal {
    /// Nobody writes there any more.
    #[error("This room is closed.")]
    Closed,
    /// Attendees do not write there now.
    #[error("Only hosts write here at the moment.")]
    HostsOnly,
    /// A host has silenced them; seconds left.
    #[error("A host has muted you for a while.")]
    Muted(u32),
    /// Too soon after the last; seconds left.
    #[error("Slow mode: wait {0} seconds before your next message.")]
    Slow(u32),
    /// The same message again, which is gone.
    #[error("This message was removed.")]
    Removed,
    /// Answers nothing that is there.
    #[error("The message this answers is not there any more.")]
    ReplyUnknown,
    /// Not an emoji.
    #[error("Choose one emoji.")]
    NotAnEmoji,
    /// Enough of them.
    #[error("A message has at most {MOST_EMOJI} different emoji.")]
    TooManyEmoji,
    /// Outside what makes sense.
    #[error("Slow mode is 0 (off) to {LONGEST_SLOW_SECONDS} seconds.")]
    SlowOutOfRange,
    /// Outside what makes sense.
    #[error("Mute for 1 to {LONGEST_MUTE_MINUTES} minutes, or 0 to lift it.")]
    MuteOutOfRange,
    /// Nobody of this room.
    #[error("There is nobody like this in the room.")]
    ParticipantUnknown,
    /// One of those who keep order.
    #[error("Hosts cannot be muted.")]
    MuteHost,
}

impl Refusal for ChatRefusal {
    fn code(&self) -> Code {
        match self {
            Self::Closed | Self::Removed => Code::InvalidState,
            Self::HostsOnly | Self::MuteHost => Code::NotAllowed,
            Self::Muted(_) => Code::Muted,
            Self::Slow(_) => Code::SlowMode,
            Self::ReplyUnknown | Self::ParticipantUnknown => Code::NotFound,
            Self::NotAnEmoji => Code::Invalid,
            Self::TooManyEmoji => Code::LimitReached,
            Self::SlowOutOfRange | Self::MuteOutOfRange => Code::OutOfRange,
        }
    }

    fn detail(&self) -> Detail {
        match self {
            Self::Muted(seconds) | Self::Slow(seconds) => Detail::RetryAfter(*seconds),
            _ => Detail::None,
        }
    }
}
