//! Sessions of a workshop and of a creator, one's own seats, and what hosts see.

use async_graphql::{Context, ID, Object};

use crate::creators::{Membership, Permission};
use crate::graphql::connection::connect;
use crate::graphql::context::id;
use crate::graphql::{Ctx, Fallible, Url, field, page_request, required};
use crate::kernel::{CreatorId, Denied, OfferingId, Page, PublicId, Result, UserId, WorkshopSessionId};
use crate::workshops::actions::calendar_token;
use crate::workshops::model;
use crate::workshops::store;

use super::{
    Seat, SeatConnection, SessionWindow, WaitlistEntry, WaitlistEntryConnection, WorkshopSession,
    WorkshopSessionConnection,
};

/// The sessions of a workshop, for its page.
pub async fn sessions_of(
    ctx: &Context<'_>,
    workshop: OfferingId,
    when: Option<SessionWindow>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<WorkshopSessionConnection> {
    let window = model::SessionWindow::from(when.unwrap_or(SessionWindow::Upcoming));
    let list = format!("workshop.sessions:{}:{window:?}", workshop.uuid());
    let page = page_request(ctx, &list, first, after)?;
    let app = ctx.app();
    let found = store::of_workshops(app.db.read(), workshop, window, &page, app.now()).await?;
    Ok(shown(ctx, &list, found))
}

pub(super) fn shown(ctx: &Context<'_>, list: &str, found: Page<model::Session>) -> WorkshopSessionConnection {
    connect(ctx, list, found, model::Session::key, WorkshopSession)
}

/// Sessions' part of a creator.
#[derive(Clone)]
pub struct CreatorSessions(pub CreatorId);

#[Object]
impl CreatorSessions {
    /// Dates of published workshops that lie ahead, the next first.
    async fn upcoming_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<WorkshopSessionConnection> {
        let list = format!("creator.sessions:{}", self.0);
        let page = required(page_request(ctx, &list, first, after))?;
        let app = ctx.app();
        let found = required(store::of_creator(app.db.read(), self.0, &page, app.now()).await)?;
        Ok(shown(ctx, &list, found))
    }
}

/// Seats' part of the viewer.
#[derive(Clone)]
pub struct ViewerSeats {
    /// Whose.
    pub user: UserId,
}

#[Object]
impl ViewerSeats {
    /// One's seats at sessions that are not over, also those that wait for one's choice; the next first.
    async fn upcoming_seats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<SeatConnection> {
        required(self.page(ctx, first, after).await)
    }

    /// One's seats as a calendar to follow (RFC 5545): changes arrive. Whoever has this address reads it.
    async fn seats_calendar_url(&self, ctx: &Context<'_>) -> Url {
        let token = calendar_token(ctx.app(), self.user);
        ctx.app().link(&format!("/calendar/mine/{token}.ics")).into()
    }
}

impl ViewerSeats {
    async fn page(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<SeatConnection> {
        let list = "viewer.upcomingSeats";
        let page = page_request(ctx, list, first, after)?;
        let found = store::upcoming(ctx.app(), self.user, &page).await?;
        let key = |(session, seat): &(model::Session, model::Seat)| {
            vec![session.starts_at.timestamp_micros().to_string(), seat.id.uuid().to_string()]
        };
        Ok(connect(ctx, list, found, key, |(_, seat)| Seat(seat)))
    }
}

/// Seats' part of a studio.
#[derive(Clone)]
pub struct StudioSeats(pub Membership);

#[Object]
impl StudioSeats {
    /// Who has a seat at a session, in the order of coming. Needs HOST.
    async fn roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Fallible<SeatConnection> {
        let listed = async {
            let session = self.theirs(ctx, &session_id).await?;
            let list = format!("studio.roster:{session}");
            let page = page_request(ctx, &list, first, after)?;
            let found = store::roster(ctx.app().db.read(), session, &page).await?;
            Ok(Some(connect(ctx, &list, found, |seat: &model::Seat| vec![seat.id.uuid().to_string()], Seat)))
        };
        field(listed.await)
    }

    /// Who waits for a place at a session, in order. Needs HOST.
    async fn waitlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`wss_…`.")] session_id: ID,
        #[graphql(desc = "At most so many, 1 to 100.", default_with = "Some(20)")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Fallible<WaitlistEntryConnection> {
        let listed = async {
            let session = self.theirs(ctx, &session_id).await?;
            let list = format!("studio.waitlist:{session}");
            let page = page_request(ctx, &list, first, after)?;
            let found = store::waiting_in(ctx.app().db.read(), session, &page).await?;
            let key = |(priority, entry): &(i32, model::Entry)| {
                vec![priority.to_string(), entry.id.uuid().to_string()]
            };
            Ok(Some(connect(ctx, &list, found, key, |(_, entry)| WaitlistEntry(entry))))
        };
        field(listed.await)
    }
}

impl StudioSeats {
    /// A session of this studio, for who may host.
    async fn theirs(&self, ctx: &Context<'_>, given: &ID) -> Result<WorkshopSessionId> {
        let session: WorkshopSessionId = id(&["sessionId"], given)?;
        let desk = self.0.desk(Permission::Host)?;
        let found = store::session(ctx.app().db.read(), session).await?;
        let theirs = found.filter(|found| found.creator == desk.creator_id);
        Ok(theirs.ok_or(Denied::NotFound)?.id)
    }
}
