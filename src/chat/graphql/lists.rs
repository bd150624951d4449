//! What was said in a room, forward and backward.

use async_graphql::Context;

use crate::chat::model::Message;
use crate::chat::store::{self, Span};
use crate::graphql::Ctx;
use crate::graphql::connection::{Ends, connect_between, opened, page_size};
use crate::kernel::{ChatRoomId, Code, Denied, Problem, Result};

use super::{ChatMessage, ChatMessageConnection};

/// The name of a room's list, to which its cursors belong.
pub fn messages_list(room: ChatRoomId) -> String {
    format!("chat.messages:{room}")
}

type Asked = (Option<i32>, Option<String>);

/// A page of a room; the caller has checked that it is theirs to see.
pub(super) async fn page(
    ctx: &Context<'_>,
    room: ChatRoomId,
    (first, after): Asked,
    (last, before): Asked,
) -> Result<ChatMessageConnection> {
    if first.is_some() && last.is_some() {
        return Err(both().into());
    }
    let list = messages_list(room);
    let from_end = first.is_none() && (last.is_some() || before.is_some());
    let most = page_size(if from_end { last } else { first });
    let (after, before) = (place(ctx, &list, after)?, place(ctx, &list, before)?);
    let span = Span { after, before, most, from_end };
    let (rows, has_more) = store::page(ctx.app().db.read(), room, span).await?;
    let ends = Ends { next: has_more && !from_end, previous: has_more && from_end };
    let key = |message: &Message| vec![message.sequence.to_string()];
    Ok(connect_between(ctx, &list, rows, ends, key, |message| ChatMessage::of(message.into(), None)))
}

fn place(ctx: &Context<'_>, list: &str, cursor: Option<String>) -> Result<Option<i64>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let key = opened(ctx, list, &cursor)?;
    let place = key.first().and_then(|place| place.parse().ok());
    Ok(Some(place.ok_or(Denied::BadCursor)?))
}

fn both() -> Problem {
    Problem {
        code: Code::Invalid,
        message: "Ask for `first` or for `last`, not for both.".to_owned(),
        path: vec!["last".to_owned()],
        detail: Default::default(),
    }
}
