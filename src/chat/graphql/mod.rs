//! Rooms, messages and what happens there as clients see them.

mod events;
mod lists;
mod message;
mod mutations;
mod queries;
mod room;
mod subscription;

pub use events::{
    ChatEvent, ChatGap, ChatMessageAdded, ChatMessageRemoved, ChatReactionsChanged, ChatRoomChanged,
};
pub use lists::messages_list;
pub use message::{ChatMessage, ChatMessageConnection, ChatMessageEdge, ReactionCount, message};
pub use mutations::*;
pub use queries::ChatQuery;
pub use room::{ChatRoom, ChatRoomState, room, room_of};
pub use subscription::ChatSubscription;
