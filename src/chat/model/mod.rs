//! Rooms, messages and what happens to them. Pure.

mod message;
mod room;

pub use message::{LONGEST_BODY, Logged, LoggedKind, MOST_EMOJI, Message, Tally, body, emoji};
pub use room::{
    CLOSES_AFTER, LONGEST_MUTE_MINUTES, LONGEST_SLOW_SECONDS, OPENS_BEFORE, Room, RoomState, Standing, topic,
};
