//! Rooms in the database: their rows, logs, messages, and who is muted. Whoever writes holds the room's lock.

mod log;
mod messages;
mod mutes;
mod reactions;
mod rooms;

pub use log::{after, append, log, next};
pub use messages::{
    NewMessage, Span, by_ids as messages_by_id, insert as insert_message, last_of, message, of_client, page,
    remove, wrote_in,
};
pub use mutes::{muted_of_pairs, muted_until, mutes, set_mute};
pub use reactions::{
    counts as reaction_counts, emoji_under, forget as forget_reactions, of_pairs as reactions_of_pairs,
    set as set_reaction, tallies,
};
pub use rooms::{by_ids as rooms_by_id, lock, room, set_rules};

use crate::kernel::{Error, Fault};

fn unreadable(what: impl std::fmt::Display) -> Error {
    Fault::new("reading a chat", what).into()
}
