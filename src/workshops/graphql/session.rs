//! One date of a workshop.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::catalog::graphql::{Workshop, workshop, workshop_by_id};
use crate::chat::graphql::{ChatRoom, room_of};
use crate::creators::graphql::RoleIn;
use crate::graphql::{Ctx, Fallible, LocalDateTime, TimeZone, Url, field, required};
use crate::identity::graphql as identity;
use crate::kernel::{Denied, Fault, Result, UserId, WorkshopId, WorkshopSessionId};
use crate::media::graphql::Asset;
use crate::workshops::model::{self, availability};
use crate::workshops::store;
use crate::{connection, loader};

use super::replay::shown_replay;
use super::{Seat, SeatState, SessionStatus, WaitlistEntry, own_entry, own_seat};

connection!(WorkshopSessionConnection, WorkshopSessionEdge, WorkshopSession, "sessions");

loader! {
    /// Sessions by key.
    SessionById: WorkshopSessionId => model::Session = store::sessions_by_id
}

loader! {
    /// Who hosts a session.
    HostsOf: WorkshopSessionId => Vec<UserId> = store::hosts
}

loader! {
    /// How many wait for a session.
    WaitingFor: WorkshopSessionId => i64 = store::waiting_counts
}

/// One date of a workshop, seen by somebody who may see it.
#[derive(Clone)]
pub struct WorkshopSession(pub model::Session);

/// One date of a workshop.
#[Object]
impl WorkshopSession {
    /// `wss_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Of which workshop. Who has a seat sees it even when it is no longer offered.
    async fn workshop(&self, ctx: &Context<'_>) -> async_graphql::Result<Workshop> {
        required(self.its_workshop(ctx).await)
    }

    /// What this date is called, if not like the workshop.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The instant it begins.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }

    /// The instant it ends.
    async fn ends_at(&self) -> DateTime<Utc> {
        self.0.ends_at
    }

    /// When it begins as the clock shows it in `timeZone`: what the host meant.
    async fn local_start(&self) -> LocalDateTime {
        self.0.local_start.clone().into()
    }

    /// Where that clock is.
    async fn time_zone(&self) -> TimeZone {
        self.0.time_zone.clone().into()
    }

    /// How it stands now.
    async fn status(&self, ctx: &Context<'_>) -> SessionStatus {
        self.0.status_at(ctx.app().now()).into()
    }

    /// What there is to be had of its places. Numbers are for the team; others learn how many are left only when it is
    /// few.
    async fn seats(&self, ctx: &Context<'_>) -> async_graphql::Result<SeatAvailability> {
        let on_team = required(on_team(ctx, &self.0).await)?;
        Ok(SeatAvailability { session: self.0.clone(), on_team })
    }

    /// Who hosts it.
    async fn hosts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<identity::User>> {
        let hosts = required(hosts_of(ctx, self.0.id).await)?;
        let mut shown = Vec::with_capacity(hosts.len());
        for host in hosts {
            shown.extend(required(identity::user(ctx, host).await)?);
        }
        Ok(shown)
    }

    /// For calendars (RFC 5545): follow it, and changes arrive.
    async fn calendar_url(&self, ctx: &Context<'_>) -> Url {
        ctx.app().link(&format!("/calendar/{}.ics", self.0.id)).into()
    }

    /// The caller's own seat, also one that is held while it is being paid; null if there is none.
    async fn viewer_seat(&self, ctx: &Context<'_>) -> Fallible<Seat> {
        field(own_seat(ctx, self.0.id).await)
    }

    /// Where the caller stands on the waitlist; null for who is not on it.
    async fn viewer_waitlist_entry(&self, ctx: &Context<'_>) -> Fallible<WaitlistEntry> {
        field(own_entry(ctx, self.0.id).await)
    }

    /// Its room, where people write; null for who has no seat there and is not of the team.
    async fn chat_room(&self, ctx: &Context<'_>) -> Fallible<ChatRoom> {
        field(room_of(ctx, &self.0).await)
    }

    /// When the door opens to those with a seat.
    async fn join_opens_at(&self) -> DateTime<Utc> {
        self.0.opens_at()
    }

    /// Whether it is recorded: whoever comes in is seen and heard in its recording. Known before one takes a seat.
    async fn recorded(&self) -> bool {
        self.0.recorded
    }

    /// The recording, for who may watch it now: its team, and of those with a seat whom the workshop's `replayPolicy`
    /// names. Null for everybody else, and while there is none. Play it with `playbackGrantCreate(replaySessionId)`.
    async fn replay(&self, ctx: &Context<'_>) -> Fallible<Asset> {
        field(shown_replay(ctx, &self.0).await)
    }
}

impl WorkshopSession {
    async fn its_workshop(&self, ctx: &Context<'_>) -> Result<Workshop> {
        let found = workshop_by_id(ctx, WorkshopId(self.0.workshop.0)).await?;
        Ok(Workshop(found.ok_or_else(|| Fault::new("showing a session", "its workshop is gone"))?))
    }
}

/// What there is to be had of a session's places.
pub struct SeatAvailability {
    session: model::Session,
    on_team: bool,
}

/// What there is to be had of a session's places.
#[Object]
impl SeatAvailability {
    /// In a word.
    async fn state(&self, ctx: &Context<'_>) -> SeatState {
        availability(&self.session, ctx.app().now()).into()
    }

    /// All places; null where there is no limit, and for everybody but the team.
    async fn capacity(&self) -> Option<i32> {
        self.session.capacity.filter(|_| self.on_team)
    }

    /// Places that can still be had; for everybody but the team null unless there are ten or fewer.
    async fn seats_left(&self) -> Option<i32> {
        if self.on_team { self.session.left() } else { self.session.told_left() }
    }

    /// How many wait; null for everybody but the team.
    async fn waitlist_length(&self, ctx: &Context<'_>) -> Fallible<i32> {
        if !self.on_team {
            return None;
        }
        let waiting = ctx.loaders().load::<WaitingFor, _>(self.session.id).await;
        field(waiting.map(|n| Some(i32::try_from(n.unwrap_or_default()).unwrap_or(i32::MAX))))
    }
}

/// Who hosts a session, in order.
pub async fn hosts_of(ctx: &Context<'_>, id: WorkshopSessionId) -> Result<Vec<UserId>> {
    Ok(ctx.loaders().load::<HostsOf, _>(id).await?.unwrap_or_default())
}

/// Whether the caller works in the session's studio.
pub(super) async fn on_team(ctx: &Context<'_>, session: &model::Session) -> Result<bool> {
    let Some(user) = ctx.actor().user_id() else { return Ok(false) };
    Ok(ctx.loaders().load::<RoleIn, _>((user, session.creator)).await?.is_some())
}

/// A session by key, for who may see its workshop or has a seat there.
pub async fn session(ctx: &Context<'_>, id: WorkshopSessionId) -> Result<Option<WorkshopSession>> {
    let Some(found) = ctx.loaders().load::<SessionById, _>(id).await? else { return Ok(None) };
    let visible = workshop(ctx, WorkshopId(found.workshop.0)).await?.is_some();
    if visible || own_seat(ctx, id).await?.is_some() {
        return Ok(Some(WorkshopSession(found)));
    }
    Ok(None)
}

/// A session by key, reached through something of the caller's.
pub async fn its_session(ctx: &Context<'_>, id: WorkshopSessionId) -> Result<WorkshopSession> {
    let found = ctx.loaders().load::<SessionById, _>(id).await?;
    Ok(WorkshopSession(found.ok_or(Denied::NotFound)?))
}
