//! The ways workshops say no.

use crate::kernel::{Code, Detail, Refusal, WorkshopSessionId};

use super::model::{LARGEST, LONGEST_MINUTES, MOST_TOGETHER, SHORTEST_MINUTES};

/// The most sessions of one workshop that lie ahead.
pub const MOST_AHEAD: u64 = 200;
/// The most days a calendar shows at once.
pub const MOST_DAYS: i64 = 92;
/// The most hosts of a session.
pub const MOST_HOSTS: usize = 10;

/// Why a session or a seat did not change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkshopRefusal {
    /// Not a wall time.
    #[error("Write the start as the clock shows it there, such as 2026-12-05T18:00.")]
    LocalTime,
    /// Not a zone.
    #[error("This is not a time zone such as Europe/Berlin.")]
    Zone,
    /// The clocks jump over it.
    #[error("This time does not exist there: the clocks go forward over it. Choose another.")]
    TimeSkipped,
    /// The clocks show it twice.
    #[error("This time comes twice there: the clocks go back over it. Choose one that comes once.")]
    TimeTwice,
    /// Already past.
    #[error("This is in the past.")]
    InPast,
    /// Years ahead.
    #[error("This is more than three years ahead.")]
    TooFar,
    /// Too short or too long.
    #[error("A session lasts {SHORTEST_MINUTES} to {LONGEST_MINUTES} minutes.")]
    Duration,
    /// Too few or too many places.
    #[error("A session has 1 to {LARGEST} places, or none stated for no limit.")]
    Capacity,
    /// Too many sessions.
    #[error("A workshop may have {MOST_AHEAD} sessions ahead.")]
    TooManyAhead,
    /// Too many hosts.
    #[error("A session has at most {MOST_HOSTS} hosts.")]
    TooManyHosts,
    /// Not of the team.
    #[error("This is nobody of the team.")]
    HostUnknown,
    /// No session chosen.
    #[error("Choose one of the workshop's sessions.")]
    SessionMissing,
    /// A session for something that has none.
    #[error("This has no sessions: leave sessionId out.")]
    SessionNotWanted,
    /// No such session of this workshop.
    #[error("There is no such session of this workshop.")]
    SessionUnknown,
    /// An offer cannot be changed into a purchase by itself.
    #[error("A seat is kept for you already: take it now.")]
    OfferedAlready,
    /// Moved, or another cancellation policy, since it was looked at.
    #[error(
        "The session was moved, or its cancellation policy changed, since this quote was made. Look at them, then ask \
         for a new quote."
    )]
    TermsChanged,
    /// A card is or was charged for it.
    #[error(
        "The seat is being bought for you at this moment, or is yours. Once it is yours you can give it back."
    )]
    BeingBought,
    /// Under way or over.
    #[error("This session has begun.")]
    Started,
    /// Called off.
    #[error("This session was cancelled.")]
    Cancelled,
    /// No place left; whether one can wait.
    #[error("{}", full(*.1))]
    Full(WorkshopSessionId, bool),
    /// Places left, but fewer than are wanted.
    #[error("There are not so many places left at this session, so none was taken: choose fewer seats.")]
    TooFew(WorkshopSessionId),
    /// They have one.
    #[error("You have a seat at this session.")]
    Seated,
    /// Another purchase of theirs holds one.
    #[error(
        "Another purchase of yours holds a seat at this session. Pay it or cancel it, or wait until its time is over."
    )]
    HeldElsewhere,
    /// Nobody waits here.
    #[error("This session has no waitlist.")]
    NoWaitlist,
    /// There are places.
    #[error("There are places left: no need to wait.")]
    PlacesLeft,
    /// Some places, but fewer than are wanted.
    #[error("Places left: {0}. Take them now: once the session is full, whoever has none can wait for one.")]
    SomeLeft(i32),
    /// None, or too many.
    #[error("You can wait for 1 to {MOST_TOGETHER} seats.")]
    SeatsWanted,
    /// More than the session has.
    #[error("This session does not have so many places: {0} in all.")]
    MoreThanThereAre(i32),
    /// Seats for others where everything is free.
    #[error("What costs nothing is one seat for each who comes: whoever you bring waits for their own.")]
    NoneForOthers,
    /// Several seats and a purchase by itself.
    #[error(
        "What is bought by itself is one seat, yours: wait for one, or wait without autoBuy and take the seats \
         when they are kept for you."
    )]
    OneByItself,
    /// More than before, with others behind.
    #[error(
        "Others wait behind you: you can ask for fewer seats and keep your place. For more, leave the waitlist and join \
         it again at its end."
    )]
    WaitedBehind,
    /// Waiting already.
    #[error("You are on the waitlist already.")]
    Waiting,
    /// The seat cannot change that way any more.
    #[error("This seat is no longer yours to change.")]
    SeatGone,
    /// Where it is already.
    #[error("The seat is at this session already.")]
    SameSession,
    /// Not an address.
    #[error("This is not an e-mail address.")]
    EmailInvalid,
    /// To oneself.
    #[error("This is your own address.")]
    ToSelf,
    /// Nothing said.
    #[error("Say why, in a sentence: everybody with a seat reads it.")]
    ReasonMissing,
    /// The address is not proven.
    #[error("Prove your e-mail address first.")]
    EmailNotVerified,
    /// The door is closed.
    #[error("The door opens {0} minutes before the start.")]
    NotOpenYet(i32),
    /// No way in has been set.
    #[error("The host has not set how to join yet. Try again shortly.")]
    NoWayIn,
    /// It is over.
    #[error("This session is over.")]
    Over,
    /// Not a web address.
    #[error("This must be an absolute https address.")]
    UrlInvalid,
    /// Not offered here.
    #[error(
        "There are no built-in rooms here: use EXTERNAL_LINK. Whoever runs this installation can set LIVEKIT_URL, \
         LIVEKIT_API_KEY and LIVEKIT_API_SECRET."
    )]
    NoRooms,
    /// What a built-in room has no use for.
    #[error("Leave this out: for a built-in room everybody gets a way in of their own.")]
    NotForRooms,
    /// A host has shown them the door.
    #[error(
        "A host has removed you from this session. Your seat stays yours: write to the host to be let in again."
    )]
    Removed,
    /// Nobody to be muted or removed.
    #[error("Nobody has this seat at the moment.")]
    NobodySits,
    /// One of those who keep order.
    #[error("This is one of the hosts, who cannot be muted or removed.")]
    SitsAsHost,
    /// It takes place elsewhere.
    #[error("This session has no built-in room: mute and remove people where it takes place.")]
    NoRoomHere,
    /// Only in rooms of ours.
    #[error(
        "Only a built-in room is recorded from here: for a meeting elsewhere, record it there and upload the film."
    )]
    RecordsRoomsAlone,
    /// Not offered here.
    #[error("Sessions are not recorded here. Whoever runs this installation can set LIVEKIT_RECORD.")]
    NothingIsRecorded,
    /// Who is inside has not been told.
    #[error(
        "The door has opened or somebody was let in, who has not been told: say that it is recorded before that."
    )]
    TooLateToRecord,
    /// A recording of what has not begun.
    #[error("This session has not begun: there is no recording of it.")]
    NothingRecorded,
    /// None is shown.
    #[error("There is no recording of this session.")]
    NoReplay,
    /// For others.
    #[error("This recording is for those who were there.")]
    ReplayOfAttendees,
    /// Its time has passed.
    #[error("The time to watch this recording has passed.")]
    ReplayOver,
    /// A stretch too long.
    #[error("At most {MOST_DAYS} days at once.")]
    RangeTooLong,
    /// Too many at once.
    #[error("At most {0} seats at once.")]
    TooManySeats(usize),
    /// Not seats of this session.
    #[error("One of these is not a taken seat of this session; nothing was noted.")]
    SeatUnknown,
    /// Outside what makes sense.
    #[error("The door opens 0 to 120 minutes before the start.")]
    OpensOutOfRange,
}

fn full(may_wait: bool) -> &'static str {
    if may_wait {
        "Every place is taken. Join the waitlist: you are told when one becomes free."
    } else {
        "Every place is taken."
    }
}

impl Refusal for WorkshopRefusal {
    fn code(&self) -> Code {
        match self {
            Self::LocalTime
            | Self::Zone
            | Self::TimeSkipped
            | Self::TimeTwice
            | Self::EmailInvalid
            | Self::UrlInvalid => Code::Invalid,
            Self::RangeTooLong
            | Self::InPast
            | Self::TooFar
            | Self::Duration
            | Self::Capacity
            | Self::SeatsWanted
            | Self::MoreThanThereAre(_)
            | Self::OpensOutOfRange => Code::OutOfRange,
            Self::TooManyAhead | Self::HeldElsewhere => Code::LimitReached,
            Self::TooManyHosts | Self::TooManySeats(_) => Code::TooMany,
            Self::HostUnknown | Self::SessionUnknown | Self::SeatUnknown => Code::NotFound,
            Self::SessionMissing | Self::ReasonMissing => Code::Required,
            Self::SessionNotWanted
            | Self::ToSelf
            | Self::NoRooms
            | Self::NotForRooms
            | Self::Removed
            | Self::RecordsRoomsAlone
            | Self::NothingIsRecorded
            | Self::SitsAsHost
            | Self::NoneForOthers
            | Self::OneByItself
            | Self::ReplayOfAttendees => Code::NotAllowed,
            Self::Started => Code::SessionStarted,
            Self::Cancelled => Code::SessionCancelled,
            Self::Full(..) | Self::TooFew(_) => Code::SeatsUnavailable,
            Self::Seated => Code::AlreadyEnrolled,
            Self::NoWaitlist => Code::WaitlistClosed,
            Self::TermsChanged => Code::StaleVersion,
            Self::PlacesLeft
            | Self::SomeLeft(_)
            | Self::WaitedBehind
            | Self::BeingBought
            | Self::OfferedAlready
            | Self::SeatGone
            | Self::NobodySits
            | Self::NoRoomHere
            | Self::TooLateToRecord
            | Self::Over
            | Self::NothingRecorded
            | Self::NoReplay => Code::InvalidState,
            Self::ReplayOver => Code::LessonLocked,
            Self::Waiting | Self::SameSession => Code::Duplicate,
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::NotOpenYet(_) | Self::NoWayIn => Code::JoinNotOpen,
        }
    }

    fn detail(&self) -> Detail {
        match self {
            Self::Full(session, waitlist_open) => Detail::Seats(*session, *waitlist_open),
            // Nobody waits while there are places.
            Self::TooFew(session) => Detail::Seats(*session, false),
            _ => Detail::None,
        }
    }
}
