//! Somebody's seat, seen by who has it, who paid for it, or the team.

use std::collections::HashMap;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::checkout::graphql as checkout;
use crate::creators::graphql::RoleIn;
use crate::creators::{Permission, desk};
use crate::graphql::{Ctx, Fallible, field, required};
use crate::identity::graphql as identity;
use crate::kernel::{Denied, Error, OfferingId, OrderLineId, Result, SeatId, UserId, WorkshopSessionId};
use crate::workshops::model::{self, Limit, SeatState as State};
use crate::workshops::store;
use crate::{connection, loader};

use super::SeatStatus;
use super::session::{SessionById, WorkshopSession, its_session};

connection!(SeatConnection, SeatEdge, Seat, "seats");

loader! {
    /// Seats by key.
    SeatById: SeatId => model::Seat = store::seats_by_id
}

loader! {
    /// People's seats at sessions.
    SeatOfPair: (UserId, WorkshopSessionId) => model::Seat = store::of_pairs
}

loader! {
    /// Seats by the order line that pays for them.
    SeatOfLine: OrderLineId => model::Seat = of_lines
}

loader! {
    /// Whether people have a seat at a workshop.
    SeatInWorkshop: (UserId, OfferingId) => () = store::seated_in
}

async fn of_lines(app: &App, lines: &[OrderLineId]) -> Result<HashMap<OrderLineId, model::Seat>> {
    let found = store::of_lines(app.db.read(), lines).await?;
    Ok(found.into_iter().filter_map(|seat| Some((seat.line?, seat))).collect())
}

loader! {
    /// What hosts have taken from people in rooms.
    LimitsOf: (UserId, WorkshopSessionId) => model::Limits = store::limits_of_pairs
}

/// Somebody's place at one session.
#[derive(Clone)]
pub struct Seat(pub model::Seat);

/// Somebody's place at one session.
#[Object]
impl Seat {
    /// `sea_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// At which session.
    async fn session(&self, ctx: &Context<'_>) -> async_graphql::Result<WorkshopSession> {
        required(its_session(ctx, self.0.session).await)
    }

    /// Who sits there; null until somebody has proven the address it was given to or bought with, and always to the buyer who
    /// has it no more or bought it for somebody else.
    async fn holder(&self, ctx: &Context<'_>) -> Fallible<identity::User> {
        let holder = self.0.user?;
        field(identity::user(ctx, holder).await)
    }

    /// How it stands.
    async fn status(&self) -> SeatStatus {
        match (self.0.state, self.0.attended) {
            (State::Offered | State::Held, _) => SeatStatus::Held,
            (State::Seated, None) => SeatStatus::Confirmed,
            (State::Seated, Some(true)) => SeatStatus::Attended,
            (State::Seated, Some(false)) => SeatStatus::NoShow,
            (State::Unseated, _) => SeatStatus::Unseated,
            (State::Released, _) => SeatStatus::Released,
            (State::Refunded, _) => SeatStatus::Refunded,
        }
    }

    /// For a held seat: when its payment is ended if nobody has paid by then. For one that was paid too late: until when
    /// its holder can choose. Null otherwise.
    async fn held_until(&self) -> Option<DateTime<Utc>> {
        self.0.held_until
    }

    /// Until when giving it back gives the money back; later only if its place is sold again.
    async fn refundable_until(&self) -> DateTime<Utc> {
        self.0.refund_until
    }

    /// What the holder shows at the door; null for everybody else and while it is not theirs.
    async fn check_in_code(&self, ctx: &Context<'_>) -> Option<String> {
        let is_holder = self.0.user.is_some() && self.0.user == ctx.actor().user_id();
        let shown = is_holder && self.0.state == State::Seated;
        shown.then(|| self.0.check_in_code.clone())
    }

    /// Whether a host has muted its holder in the built-in room; null for everybody but the holder and who may HOST.
    async fn muted(&self, ctx: &Context<'_>) -> Fallible<bool> {
        field(self.limited(ctx, Limit::Muted).await)
    }

    /// Whether a host has removed its holder from the built-in room; null for everybody but the holder and who may HOST.
    async fn removed(&self, ctx: &Context<'_>) -> Fallible<bool> {
        field(self.limited(ctx, Limit::Removed).await)
    }

    /// What paid for it; null for what was free, and for everybody but who paid and the team with FINANCE.
    async fn order(&self, ctx: &Context<'_>) -> Fallible<checkout::Order> {
        let line = self.0.line?;
        field(checkout::visible_order_of_line(ctx, line).await)
    }
}

impl Seat {
    /// The same as its buyer sees it who does not sit there: not who has claimed it, nor whether they came. That somebody has
    /// an account is told to nobody.
    pub fn without_claimer(self) -> Self {
        Self(model::Seat { user: None, attended: None, ..self.0 })
    }

    async fn limited(&self, ctx: &Context<'_>, limit: Limit) -> Result<Option<bool>> {
        let (Some(caller), Some(holder)) = (ctx.actor().user_id(), self.0.user) else { return Ok(None) };
        if caller != holder && !hosts(ctx, caller, self.0.session).await? {
            return Ok(None);
        }
        let limits = ctx.loaders().load::<LimitsOf, _>((holder, self.0.session)).await?;
        Ok(Some(limits.unwrap_or_default().since(limit).is_some()))
    }

    /// The same without saying whose it is.
    pub(super) fn without_holder(self) -> Self {
        Self(model::Seat { user: None, line: None, ..self.0 })
    }
}

/// Whether somebody may host a session.
async fn hosts(ctx: &Context<'_>, user: UserId, session: WorkshopSessionId) -> Result<bool> {
    let Some(session) = ctx.loaders().load::<SessionById, _>(session).await? else { return Ok(false) };
    let role = ctx.loaders().load::<RoleIn, _>((user, session.creator)).await?;
    Ok(role.is_some_and(|role| role.may(Permission::Host)))
}

/// The caller's own seat at a session, also one held while it is being paid.
pub async fn own_seat(ctx: &Context<'_>, session: WorkshopSessionId) -> Result<Option<Seat>> {
    let Some(user) = ctx.actor().user_id() else { return Ok(None) };
    Ok(ctx.loaders().load::<SeatOfPair, _>((user, session)).await?.map(Seat))
}

/// Whether the caller has a seat at one of a workshop's sessions.
pub async fn has_seat(ctx: &Context<'_>, workshop: OfferingId) -> Result<bool> {
    let Some(user) = ctx.actor().user_id() else { return Ok(false) };
    Ok(ctx.loaders().load::<SeatInWorkshop, _>((user, workshop)).await?.is_some())
}

/// A seat by key: for its holder, and for hosts.
pub async fn seat(ctx: &Context<'_>, id: SeatId) -> Result<Option<Seat>> {
    let Some(viewer) = ctx.actor().known() else { return Ok(None) };
    let Some(found) = ctx.loaders().load::<SeatById, _>(id).await? else { return Ok(None) };
    if found.user == Some(viewer.user_id) {
        return Ok(Some(Seat(found)));
    }
    let Some(session) = ctx.loaders().load::<SessionById, _>(found.session).await? else { return Ok(None) };
    match desk(ctx.app(), viewer, session.creator, Permission::Host).await {
        Ok(_) => Ok(Some(Seat(found))),
        Err(Error::Denied(Denied::NotFound | Denied::Forbidden { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The seat a line pays for; the caller has checked that it is theirs to see.
pub async fn seat_of_line(ctx: &Context<'_>, line: OrderLineId) -> Result<Option<Seat>> {
    Ok(ctx.loaders().load::<SeatOfLine, _>(line).await?.map(Seat))
}
