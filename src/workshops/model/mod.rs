//! Sessions, seats and the order of waiting. Pure.

mod attendance;
mod buying;
mod calendar;
mod recording;
mod replay;
mod room;
mod schedule;
mod seat;
mod session;
mod visit;
mod waiting;

pub use attendance::{Attendance, Origin};
pub use buying::{Agreement, Buying, Terms, WhyNot};
pub use calendar::{Invited, calendar};
pub use recording::{MOST_RECORDINGS, Recording};
pub use replay::{AfterIt, Replay, WATCHED_FOR, after_it, opens_replay, shows_replays_to};
pub use room::{Identity, Limit, Limits, PERMISSION_LIFE};
pub use schedule::{LONGEST_MINUTES, SHORTEST_MINUTES, Schedule, local_of, starting};
pub use seat::{
    MOST_TOGETHER, OFFER_LIFE, REFUND_BEFORE, Seat, SeatState, UNSEATED_LIFE, refund_until, seats_topic,
};
pub use session::{
    Availability, JoinProvider, LARGEST, Session, SessionStatus, SessionWindow, SessionWish, availability,
};
pub use visit::{Presence, Visit, VisitMeans};
pub use waiting::{Entry, EntryState, Priority};

#[cfg(test)]
pub(crate) use session::tests::evening;
