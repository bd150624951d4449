//! A session's room.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use crate::chat::live::RoomNow;
use crate::chat::model::{self, Standing};
use crate::chat::store;
use crate::creators::graphql::RoleIn;
use crate::graphql::{Ctx, Fallible, Int53, field, required};
use crate::kernel::{ChatRoomId, Denied, Error, Instant, Result, UserId, WorkshopSessionId};
use crate::loader;
use crate::workshops::graphql::{WorkshopSession, hosts_of, its_session, own_seat};
use crate::workshops::model::{SeatState, Session};
use crate::workshops::store::seated_counts;

use super::ChatMessageConnection;
use super::lists::page;

loader! {
    /// Rooms in which something has happened.
    RoomById: ChatRoomId => model::Room = store::rooms_by_id
}

loader! {
    /// Until when people are or were muted in rooms.
    MuteOf: (UserId, ChatRoomId) => Instant = store::muted_of_pairs
}

loader! {
    /// How many have a seat at a session.
    SeatedAt: WorkshopSessionId => i64 = seated_counts
}

/// Who may write in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::RoomState")]
pub enum ChatRoomState {
    /// Everybody there.
    Open,
    /// Those who keep order; the others read, and may vote.
    HostsOnly,
    /// Nobody any more; what was said can be read.
    Closed,
}

/// The room of one date of a workshop, seen by somebody who may be there.
#[derive(Clone)]
pub struct ChatRoom {
    /// The room.
    pub room: model::Room,
    /// Its session.
    pub session: Session,
    /// As what the caller is there.
    pub standing: Standing,
    /// What was read for everybody who follows it.
    pub now: Option<Arc<RoomNow>>,
}

/// The room of one date of a workshop. It is for those who have a seat there and for the team.
#[Object]
impl ChatRoom {
    /// `chr_…`.
    pub async fn id(&self) -> ID {
        self.room.id.to_string().into()
    }

    /// The date.
    async fn session(&self) -> WorkshopSession {
        WorkshopSession(self.session.clone())
    }

    /// Who may write now: what a host has set; before the day that precedes the start hosts alone, and nobody from a day
    /// after the end.
    async fn state(&self, ctx: &Context<'_>) -> ChatRoomState {
        self.room.state_at(&self.session, ctx.app().now()).into()
    }

    /// Seconds between two messages of one person; 0 = none. Hosts are not held back.
    async fn slow_mode_seconds(&self) -> i32 {
        self.room.slow_mode_seconds
    }

    /// What was said, the oldest first. `first` and `after` go on from a place, `last` and `before` go back from one;
    /// without any of them the first 20.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100; not together with `first`.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Stop before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ChatMessageConnection> {
        required(page(ctx, self.room.id, (first, after), (last, before)).await)
    }

    /// How many have a seat.
    async fn participant_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let counted = match &self.now {
            Some(now) => now.participants,
            None => required(ctx.loaders().load::<SeatedAt, _>(self.session.id).await)?.unwrap_or_default(),
        };
        Ok(i32::try_from(counted).unwrap_or(i32::MAX))
    }

    /// How much has happened: the number to follow from (`chatRoomEvents`).
    async fn last_sequence(&self) -> Int53 {
        Int53(self.room.last_sequence)
    }

    /// Whether the caller may write now, slow mode aside.
    async fn viewer_can_post(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let state = self.room.state_at(&self.session, ctx.app().now());
        if self.standing.moderates() {
            return Ok(state != model::RoomState::Closed);
        }
        Ok(state == model::RoomState::Open && required(self.muted(ctx).await)?.is_none())
    }

    /// Until when the caller is muted; null for who is not.
    async fn viewer_muted_until(&self, ctx: &Context<'_>) -> Fallible<DateTime<Utc>> {
        field(self.muted(ctx).await)
    }
}

impl ChatRoom {
    async fn muted(&self, ctx: &Context<'_>) -> Result<Option<Instant>> {
        let Some(user) = ctx.actor().user_id().filter(|_| !self.standing.moderates()) else {
            return Ok(None);
        };
        let until = match &self.now {
            Some(now) => now.mutes.get(&user).copied(),
            None => ctx.loaders().load::<MuteOf, _>((user, self.room.id)).await?,
        };
        let now = ctx.app().now();
        Ok(until.filter(|until| *until > now))
    }
}

/// As what the caller is in a session's room; the same as `actions::standing`, for many sessions at once.
async fn standing(ctx: &Context<'_>, session: &Session) -> Result<Option<Standing>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    if let Some(role) = ctx.loaders().load::<RoleIn, _>((user, session.creator)).await? {
        return Ok(Some(Standing::of_team(role, hosts_of(ctx, session.id).await?.contains(&user))));
    }
    let seat = own_seat(ctx, session.id).await?;
    Ok(seat.filter(|seat| seat.0.state == SeatState::Seated).map(|_| Standing::Attendee))
}

/// The room of a session; none for who may not be there.
pub async fn room_of(ctx: &Context<'_>, session: &Session) -> Result<Option<ChatRoom>> {
    let Some(standing) = standing(ctx, session).await? else { return Ok(None) };
    let known = ctx.loaders().load::<RoomById, _>(ChatRoomId(session.id.0)).await?;
    let room = known.unwrap_or_else(|| model::Room::untouched(session.id));
    Ok(Some(ChatRoom { room, session: session.clone(), standing, now: None }))
}

/// A room by key; none for who may not be there.
pub async fn room(ctx: &Context<'_>, id: ChatRoomId) -> Result<Option<ChatRoom>> {
    match its_session(ctx, WorkshopSessionId(id.0)).await {
        Ok(session) => room_of(ctx, &session.0).await,
        Err(Error::Denied(Denied::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}
