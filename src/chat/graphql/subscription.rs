//! Following a room.

use async_graphql::{Context, ID, Subscription};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use crate::app::App;
use crate::chat::live::{self, Follower, Happened, Told, What};
use crate::graphql::connection::cursor;
use crate::graphql::payload::top_level;
use crate::graphql::{Ctx, Int53, context};
use crate::kernel::{Result, UserId};

use super::message::told;
use super::{
    ChatEvent, ChatGap, ChatMessage, ChatMessageAdded, ChatMessageRemoved, ChatReactionsChanged, ChatRoom,
    ChatRoomChanged, messages_list,
};

/// What one can follow in rooms.
#[derive(Default)]
pub struct ChatSubscription;

#[Subscription]
impl ChatSubscription {
    /// What happens in a room, for who may be there. With `afterSequence` first what happened since, up to 500 lines, then
    /// a ChatGap if that was not all; without it only what happens from now on. Ends with FORBIDDEN when the caller's seat is
    /// given back.
    async fn chat_room_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`chr_…`.")] room_id: ID,
        #[graphql(desc = "The last number the client knows.")] after_sequence: Option<Int53>,
    ) -> async_graphql::Result<BoxStream<'static, async_graphql::Result<ChatEvent>>> {
        let begun = async {
            let viewer = ctx.viewer()?;
            let room = context::id(&["roomId"], &room_id)?;
            live::follow(ctx.app(), viewer, room, after_sequence.map(|after| after.0)).await
        };
        let follower = begun.await.map_err(top_level)?;
        Ok(shown(ctx.app().clone(), follower))
    }
}

fn shown(app: App, follower: Follower) -> BoxStream<'static, async_graphql::Result<ChatEvent>> {
    let told = stream::unfold((app, follower), |(app, mut follower)| async move {
        let next = follower.next().await?;
        let event = event(&app, &follower, next).map_err(top_level);
        Some((event, (app, follower)))
    });
    told.boxed()
}

fn event(app: &App, follower: &Follower, told: Result<Told>) -> Result<ChatEvent> {
    Ok(match told? {
        Told::Happened(line) => line_shown(follower, &line),
        Told::Gap { after, upto } => ChatEvent::Gap(ChatGap {
            sequence: Int53(upto),
            refetch_after: cursor(app, &messages_list(follower.presence().room), &[after.to_string()]),
        }),
    })
}

fn line_shown(follower: &Follower, line: &Happened) -> ChatEvent {
    let sequence = Int53(line.sequence);
    let user: Option<UserId> = Some(follower.presence().user);
    match &line.what {
        What::Added(message) => {
            let message = ChatMessage::of(message.clone(), Some(line.around.clone()));
            ChatEvent::Added(ChatMessageAdded { sequence, message })
        }
        What::Removed(id) => {
            ChatEvent::Removed(ChatMessageRemoved { sequence, message_id: id.to_string().into() })
        }
        What::Reactions(id) => ChatEvent::Reactions(ChatReactionsChanged {
            sequence,
            message_id: id.to_string().into(),
            reactions: told(&line.around, *id, user),
        }),
        What::Room(now) => {
            let (room, session) = (now.room.clone(), now.session.clone());
            let room =
                ChatRoom { room, session, standing: follower.presence().standing, now: Some(now.clone()) };
            ChatEvent::Room(ChatRoomChanged { sequence, room })
        }
    }
}
