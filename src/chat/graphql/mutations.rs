//! Saying, removing, voting, keeping order. Thin: who asks, what for, which action.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};

use crate::chat::actions::{self, RoomWish, Wish};
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, Uuid, answer};
use crate::kernel::{ChatMessageId, ChatRoomId, Denied};
use crate::payload;

use super::message::reactions;
use super::{ChatMessage, ChatRoom, ChatRoomState, ReactionCount, room};

/// Something to say.
#[derive(Clone, Debug, InputObject)]
pub struct ChatMessageInput {
    /// Made by the client for this message: sent again, nothing is said twice, and the message is the answer.
    pub client_message_id: Uuid,
    /// Plain text of 1 to 1,000 characters.
    pub body: String,
    /// A message of the same room that this one answers.
    pub reply_to_id: Option<ID>,
}

/// How a room is to be; what is left out stays as it is.
#[derive(Clone, Debug, InputObject)]
pub struct ChatRoomInput {
    /// Who may write, within the session's times.
    pub state: Option<ChatRoomState>,
    /// Seconds between two messages of one attendee: 0 (none) to 3,600.
    pub slow_mode_seconds: Option<i32>,
}

payload! {
    /// Answer of `chatMessageSend`.
    ChatMessageSendPayload {
        /// What was said.
        message: ChatMessage,
    }
}

payload! {
    /// Answer of `chatMessageDelete`.
    ChatMessageDeletePayload {
        /// The message that is no more.
        deleted_id: ID,
    }
}

payload! {
    /// Answer of `chatRoomUpdate`.
    ChatRoomUpdatePayload {
        /// The room as it is now.
        room: ChatRoom,
    }
}

payload! {
    /// Answer of `chatParticipantMute`.
    ChatParticipantMutePayload {
        /// Until when they are muted; null once it was lifted.
        muted_until: DateTime<Utc>,
    }
}

payload! {
    /// Answer of `reactionSet`.
    ReactionSetPayload {
        /// What is there now.
        reactions: Vec<ReactionCount>,
    }
}

/// What is done in rooms.
#[derive(Default)]
pub struct ChatMutation;

#[Object]
impl ChatMutation {
    /// Says something in a room. Refused with MUTED or SLOW_MODE and the seconds to wait, with NOT_ALLOWED while only hosts
    /// write, with INVALID_STATE once the room is closed.
    async fn chat_message_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`chr_…`.")] room_id: ID,
        #[graphql(desc = "What.")] input: ChatMessageInput,
    ) -> Fallible<ChatMessageSendPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let room: ChatRoomId = id(&["roomId"], &room_id)?;
            let reply_to = input.reply_to_id.as_ref();
            let reply_to = reply_to.map(|given| id(&["input", "replyToId"], given)).transpose()?;
            let presence = actions::enter(ctx.app(), viewer, room).await.missing_at(&["roomId"])?;
            let (client_message_id, body) = (input.client_message_id.0, input.body.clone());
            actions::send(ctx.app(), &presence, Wish { client_message_id, body, reply_to }).await
        };
        answer(done.await.map(|said| ChatMessageSendPayload {
            message: Some(ChatMessage::of(said.into(), None)),
            user_errors: Vec::new(),
        }))
    }

    /// Takes a message away for good: one's own, or anybody's for who keeps order there.
    async fn chat_message_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`chm_…`.", name = "id")] message_id: ID,
    ) -> Fallible<ChatMessageDeletePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let message: ChatMessageId = id(&["id"], &message_id)?;
            actions::remove(ctx.app(), viewer, message).await.missing_at(&["id"])?;
            Ok(Some(message_id))
        };
        answer(done.await.map(|deleted_id| ChatMessageDeletePayload { deleted_id, user_errors: Vec::new() }))
    }

    /// Says who may write in a room, and how often. For hosts of the session and the team with HOST or COMMUNITY.
    async fn chat_room_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`chr_…`.")] room_id: ID,
        #[graphql(desc = "What is to change.")] input: ChatRoomInput,
    ) -> Fallible<ChatRoomUpdatePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let given: ChatRoomId = id(&["roomId"], &room_id)?;
            let wish =
                RoomWish { state: input.state.map(Into::into), slow_mode_seconds: input.slow_mode_seconds };
            actions::update(ctx.app(), viewer, given, wish).await.missing_at(&["roomId"])?;
            Ok(Some(room(ctx, given).await?.ok_or(Denied::NotFound)?))
        };
        answer(done.await.map(|room| ChatRoomUpdatePayload { room, user_errors: Vec::new() }))
    }

    /// Mutes an attendee: they read on, and may neither write nor vote. For hosts of the session and the team with HOST or
    /// COMMUNITY.
    async fn chat_participant_mute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`chr_…`.")] room_id: ID,
        #[graphql(desc = "`usr_…`.")] user_id: ID,
        #[graphql(desc = "From now on: 1 to 10,080, or 0 to lift it.")] minutes: i32,
    ) -> Fallible<ChatParticipantMutePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let (room, user) = (id(&["roomId"], &room_id)?, id(&["userId"], &user_id)?);
            actions::mute(ctx.app(), viewer, room, user, minutes).await.missing_at(&["roomId"])
        };
        answer(
            done.await.map(|muted_until| ChatParticipantMutePayload { muted_until, user_errors: Vec::new() }),
        )
    }

    /// Says whether the caller's emoji is under something: a message of a room. Saying it again changes nothing.
    async fn reaction_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`chm_…`.")] content_id: ID,
        #[graphql(desc = "One emoji, such as 👍.")] emoji: String,
        #[graphql(desc = "Whether it is to be there.")] on: bool,
    ) -> Fallible<ReactionSetPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let message: ChatMessageId = id(&["contentId"], &content_id)?;
            actions::react(ctx.app(), viewer, message, &emoji, on).await.missing_at(&["contentId"])?;
            Ok(Some(reactions(ctx, message).await?))
        };
        answer(done.await.map(|reactions| ReactionSetPayload { reactions, user_errors: Vec::new() }))
    }
}
