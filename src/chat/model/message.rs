//! Something said, what is put under it, and its place in the log.

use std::collections::HashSet;

use crate::chat::refusals::ChatRefusal as No;
use crate::kernel::text::{self, TextRefusal};
use crate::kernel::{ChatMessageId, ChatRoomId, Instant, UserId};

/// Characters of a message.
pub const LONGEST_BODY: usize = 1_000;
/// Different emoji under one message.
pub const MOST_EMOJI: usize = 20;

/// Something said in a room, not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Key.
    pub id: ChatMessageId,
    /// Where.
    pub room: ChatRoomId,
    /// Its place in the log.
    pub sequence: i64,
    /// Made by its author's client.
    pub client_message_id: uuid::Uuid,
    /// Who said it.
    pub author: UserId,
    /// Whether they spoke as a host.
    pub is_host: bool,
    /// What.
    pub body: String,
    /// What it answers.
    pub reply_to: Option<ChatMessageId>,
    /// When.
    pub sent_at: Instant,
    /// Whether it is gone: then there are no words.
    pub is_removed: bool,
}

/// An emoji under a message, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Which.
    pub emoji: String,
    /// By whom.
    pub by: HashSet<UserId>,
}

/// One line of a room's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logged {
    /// 1, 2, 3 …
    pub sequence: i64,
    /// What.
    pub kind: LoggedKind,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggedKind {
    /// Something was said.
    MessageAdded(ChatMessageId),
    /// A message is gone.
    MessageRemoved(ChatMessageId),
    /// Somebody put an emoji under a message, or took theirs away.
    ReactionsChanged(ChatMessageId),
    /// The room's rules changed, or somebody was muted.
    RoomChanged,
}

impl LoggedKind {
    /// As the database spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageAdded(_) => "MESSAGE_ADDED",
            Self::MessageRemoved(_) => "MESSAGE_REMOVED",
            Self::ReactionsChanged(_) => "REACTIONS_CHANGED",
            Self::RoomChanged => "ROOM_CHANGED",
        }
    }

    /// What the database has written down.
    pub fn of(name: &str, message: Option<ChatMessageId>) -> Option<Self> {
        match (name, message) {
            ("MESSAGE_ADDED", Some(message)) => Some(Self::MessageAdded(message)),
            ("MESSAGE_REMOVED", Some(message)) => Some(Self::MessageRemoved(message)),
            ("REACTIONS_CHANGED", Some(message)) => Some(Self::ReactionsChanged(message)),
            ("ROOM_CHANGED", None) => Some(Self::RoomChanged),
            _ => None,
        }
    }

    /// The message it is about.
    pub fn message(self) -> Option<ChatMessageId> {
        match self {
            Self::MessageAdded(id) | Self::MessageRemoved(id) | Self::ReactionsChanged(id) => Some(id),
            Self::RoomChanged => None,
        }
    }
}

/// What may be said: plain text of 1 to [`LONGEST_BODY`] characters.
pub fn body(text: &str) -> Result<String, TextRefusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextRefusal::Required("A message"));
    }
    text::prose("A message", text, LONGEST_BODY)
}

/// What may be put under a message: one emoji of Unicode, in its one form, so that the same is counted as the same.
pub fn emoji(text: &str) -> Result<&'static str, No> {
    emojis::get(text).map(emojis::Emoji::as_str).ok_or(No::NotAnEmoji)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_one_whatever_its_form() {
        for fine in ["👍", "❤️", "👩‍🏫", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "1️⃣"] {
            assert_eq!(emoji(fine), Ok(fine), "{fine}");
        }
        assert_eq!(emoji("❤"), emoji("❤️"), "with or without the variation selector");
        for wrong in ["", "a", "👍👍", "1", "hello", " 👍"] {
            assert_eq!(emoji(wrong), Err(No::NotAnEmoji), "{wrong}");
        }
    }

    #[test]
    fn a_message_has_words() {
        assert_eq!(body("  Which ink?\nThe black one? "), Ok("Which ink?\nThe black one?".to_owned()));
        assert!(body(" \n ").is_err() && body("a\u{7}b").is_err());
        assert!(body(&"ä".repeat(LONGEST_BODY)).is_ok() && body(&"a".repeat(LONGEST_BODY + 1)).is_err());
    }
}
