//! What happens in a room, as it is told to who follows it.

use async_graphql::{ID, SimpleObject, Union};

use crate::graphql::Int53;

use super::{ChatMessage, ChatRoom, ReactionCount};

/// Something that happened in a room. The numbers of a room have no hole: a client that has seen one number knows the next.
#[derive(Clone, Union)]
#[expect(clippy::large_enum_variant, reason = "one at a time, on its way out; nobody keeps many")]
pub enum ChatEvent {
    /// Something was said.
    Added(ChatMessageAdded),
    /// A message is gone.
    Removed(ChatMessageRemoved),
    /// What is under a message changed.
    Reactions(ChatReactionsChanged),
    /// The room changed.
    Room(ChatRoomChanged),
    /// Something is left out.
    Gap(ChatGap),
}

/// Something was said.
#[derive(Clone, SimpleObject)]
pub struct ChatMessageAdded {
    /// Its number in the room.
    pub sequence: Int53,
    /// What.
    pub message: ChatMessage,
}

/// A message is gone. Told also in place of one that was said and is gone by now, so that no number is missing.
#[derive(Clone, SimpleObject)]
pub struct ChatMessageRemoved {
    /// Its number in the room.
    pub sequence: Int53,
    /// Which.
    pub message_id: ID,
}

/// What is under a message changed.
#[derive(Clone, SimpleObject)]
pub struct ChatReactionsChanged {
    /// Its number in the room.
    pub sequence: Int53,
    /// Under which.
    pub message_id: ID,
    /// What is there now.
    pub reactions: Vec<ReactionCount>,
}

/// The room's rules changed, or somebody was muted.
#[derive(Clone, SimpleObject)]
pub struct ChatRoomChanged {
    /// Its number in the room.
    pub sequence: Int53,
    /// The room as it is now.
    pub room: ChatRoom,
}

/// Too much happened to be told one by one: said, removed, voted and ruled. Read the room anew, its rules and the messages
/// that are shown (those behind the gap: `messages(after: refetchAfter)`; of older ones some may be gone or have other votes),
/// and go on: the next number is the one behind `sequence`.
#[derive(Clone, SimpleObject)]
pub struct ChatGap {
    /// The last number that is left out.
    pub sequence: Int53,
    /// The place in `messages` behind which something is missing.
    pub refetch_after: String,
}
