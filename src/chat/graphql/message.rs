//! Something said, and what is under it.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::chat::live::Around;
use crate::chat::model;
use crate::chat::store;
use crate::graphql::{Ctx, Fallible, Int53, Uuid, field, required};
use crate::identity::graphql as identity;
use crate::kernel::{ChatMessageId, Result, UserId};
use crate::{connection, loader};

use super::room;

connection!(ChatMessageConnection, ChatMessageEdge, ChatMessage, "messages");

loader! {
    /// Messages by key, also removed ones.
    MessageById: ChatMessageId => model::Message = store::messages_by_id
}

loader! {
    /// How often each emoji is under a message.
    CountsUnder: ChatMessageId => Vec<(String, i64)> = store::reaction_counts
}

loader! {
    /// What somebody put under a message.
    OwnUnder: (UserId, ChatMessageId) => HashSet<String> = store::reactions_of_pairs
}

/// Something said in a room, seen by somebody who may be there.
#[derive(Clone)]
pub struct ChatMessage {
    message: Arc<model::Message>,
    /// What was read for everybody who follows the room.
    around: Option<Arc<Around>>,
}

/// How often an emoji is under something.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReactionCount {
    /// Which.
    pub emoji: String,
    /// How many people put it there.
    pub count: i32,
    /// Whether the caller is one of them.
    pub viewer_reacted: bool,
}

/// Something said in a room.
#[Object]
impl ChatMessage {
    /// `chm_…`.
    pub async fn id(&self) -> ID {
        self.message.id.to_string().into()
    }

    /// Its place in what happened in the room.
    async fn sequence(&self) -> Int53 {
        Int53(self.message.sequence)
    }

    /// What the author's client called it; null for everybody else.
    async fn client_message_id(&self, ctx: &Context<'_>) -> Option<Uuid> {
        let is_own = ctx.actor().user_id() == Some(self.message.author);
        is_own.then_some(Uuid(self.message.client_message_id))
    }

    /// Who said it; null when the account is gone.
    async fn author(&self, ctx: &Context<'_>) -> Fallible<identity::User> {
        match &self.around {
            Some(around) => {
                around.authors.get(&self.message.author).cloned().map(|one| Ok(identity::User(one)))
            }
            None => field(identity::user(ctx, self.message.author).await),
        }
    }

    /// Whether they spoke as a host.
    async fn is_host(&self) -> bool {
        self.message.is_host
    }

    /// What: plain text, to be shown as it is.
    async fn body(&self) -> &str {
        &self.message.body
    }

    /// What it answers; null if it answers nothing, or what it answered was removed.
    async fn reply_to(&self, ctx: &Context<'_>) -> Fallible<ChatMessage> {
        let id = self.message.reply_to?;
        if let Some(around) = &self.around {
            // What it answers was read with it; what is not there was removed.
            let known = around.messages.get(&id)?;
            return Some(Ok(ChatMessage::of(Arc::clone(known), self.around.clone())));
        }
        let found = ctx.loaders().load::<MessageById, _>(id).await;
        field(found.map(|found| {
            let there = found.filter(|message| !message.is_removed);
            there.map(|message| ChatMessage::of(message.into(), None))
        }))
    }

    /// The emoji under it.
    async fn reactions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ReactionCount>> {
        match &self.around {
            Some(around) => Ok(told(around, self.message.id, ctx.actor().user_id())),
            None => required(reactions(ctx, self.message.id).await),
        }
    }

    /// When it was said.
    async fn sent_at(&self) -> DateTime<Utc> {
        self.message.sent_at
    }
}

impl ChatMessage {
    /// A message that was not removed.
    pub(super) fn of(message: Arc<model::Message>, around: Option<Arc<Around>>) -> Self {
        Self { message, around }
    }
}

/// What was under a message when it was read for everybody.
pub(super) fn told(around: &Around, id: ChatMessageId, user: Option<UserId>) -> Vec<ReactionCount> {
    let tallies = around.reactions.get(&id).map(Vec::as_slice).unwrap_or_default();
    let count = |tally: &model::Tally| ReactionCount {
        emoji: tally.emoji.clone(),
        count: i32::try_from(tally.by.len()).unwrap_or(i32::MAX),
        viewer_reacted: user.is_some_and(|user| tally.by.contains(&user)),
    };
    tallies.iter().map(count).collect()
}

/// What is under a message.
pub(super) async fn reactions(ctx: &Context<'_>, id: ChatMessageId) -> Result<Vec<ReactionCount>> {
    let counts = ctx.loaders().load::<CountsUnder, _>(id).await?.unwrap_or_default();
    let own = match ctx.actor().user_id().filter(|_| !counts.is_empty()) {
        Some(user) => ctx.loaders().load::<OwnUnder, _>((user, id)).await?.unwrap_or_default(),
        None => HashSet::new(),
    };
    let shown = counts.into_iter().map(|(emoji, n)| ReactionCount {
        viewer_reacted: own.contains(&emoji),
        count: i32::try_from(n).unwrap_or(i32::MAX),
        emoji,
    });
    Ok(shown.collect())
}

/// A message by key; none if it was removed, and for who may not be in its room.
pub async fn message(ctx: &Context<'_>, id: ChatMessageId) -> Result<Option<ChatMessage>> {
    let found = ctx.loaders().load::<MessageById, _>(id).await?;
    let Some(found) = found.filter(|message| !message.is_removed) else { return Ok(None) };
    let seen = room(ctx, found.room).await?;
    Ok(seen.map(|_| ChatMessage::of(found.into(), None)))
}
