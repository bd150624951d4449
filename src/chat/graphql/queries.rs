//! Rooms by key.

use async_graphql::{Context, ID, Object};

use crate::graphql::{Ctx, Fallible, context, field};

use super::{ChatRoom, room};

/// Rooms' root field.
#[derive(Default)]
pub struct ChatQuery;

#[Object]
impl ChatQuery {
    /// The room of a session at which the caller has a seat, or that their team holds; null otherwise.
    async fn chat_room(
        &self, ctx: &Context<'_>, #[graphql(desc = "`chr_…`.")] id: ID
    ) -> Fallible<ChatRoom> {
        // Nobody is there without being known.
        ctx.actor().known()?;
        let found = async { room(ctx, context::id(&["id"], &id)?).await };
        field(found.await)
    }
}
