//! Lists of sessions, seats and wishes, by keyset.

use chrono::DateTime;
use entity::{waitlist_entries, workshop_sessions as sessions};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::{self, model::ListFilter};
use crate::kernel::{
    CreatorId, Denied, Instant, OfferingId, Page, PageRequest, PublicId, Result, UserId, WorkshopSessionId,
};
use crate::workshops::model::{Entry, EntryState, Seat, SeatState, Session, SessionWindow};

impl Session {
    /// The key of a session in a list by start.
    pub fn key(&self) -> Vec<String> {
        vec![self.starts_at.timestamp_micros().to_string(), self.id.uuid().to_string()]
    }
}

fn in_window(
    query: Select<sessions::Entity>,
    window: SessionWindow,
    now: Instant,
) -> Select<sessions::Entity> {
    match window {
        SessionWindow::Upcoming => {
            query.filter(sessions::Column::EndsAt.gt(now)).filter(sessions::Column::CancelledAt.is_null())
        }
        SessionWindow::Past => query.filter(sessions::Column::EndsAt.lte(now)),
        SessionWindow::All => query,
    }
}

/// A page in order of start; the past the latest first.
async fn paged(
    conn: &impl ConnectionTrait,
    query: Select<sessions::Entity>,
    page: &PageRequest,
    falling: bool,
) -> Result<Page<Session>> {
    let mut query = query;
    if let Some(after) = &page.after {
        query = query.filter(beyond(after, falling).ok_or(Denied::BadCursor)?);
    }
    let query = if falling {
        query.order_by_desc(sessions::Column::StartsAt).order_by_desc(sessions::Column::Id)
    } else {
        query.order_by_asc(sessions::Column::StartsAt).order_by_asc(sessions::Column::Id)
    };
    let rows = query.limit(page.limit()).all(conn).await?;
    Ok(Page::cut(rows.into_iter().map(Session::from).collect(), page))
}

fn start_and_key(after: &[String]) -> Option<(Instant, Uuid)> {
    let [at, id] = after else { return None };
    Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, id.parse().ok()?))
}

fn beyond(after: &[String], falling: bool) -> Option<Condition> {
    let (at, id) = start_and_key(after)?;
    let same = Condition::all().add(sessions::Column::StartsAt.eq(at));
    let (later, same) = if falling {
        (sessions::Column::StartsAt.lt(at), same.add(sessions::Column::Id.lt(id)))
    } else {
        (sessions::Column::StartsAt.gt(at), same.add(sessions::Column::Id.gt(id)))
    };
    Some(Condition::any().add(later).add(same))
}

/// The sessions of a workshop.
pub async fn of_workshops(
    conn: &impl ConnectionTrait,
    workshop: OfferingId,
    window: SessionWindow,
    page: &PageRequest,
    now: Instant,
) -> Result<Page<Session>> {
    let query = sessions::Entity::find().filter(sessions::Column::WorkshopId.eq(workshop.uuid()));
    paged(conn, in_window(query, window, now), page, window == SessionWindow::Past).await
}

/// What strangers may see: sessions of workshops that are published behind open storefronts and fit the filter.
fn public(filter: &ListFilter, now: Instant) -> Select<sessions::Entity> {
    sessions::Entity::find()
        .filter(sessions::Column::WorkshopId.in_subquery(catalog::store::public_ids(filter, now)))
}

/// A creator's public sessions that lie ahead.
pub async fn of_creator(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    page: &PageRequest,
    now: Instant,
) -> Result<Page<Session>> {
    let filter = ListFilter { creator: Some(creator), ..ListFilter::default() };
    let query = public(&filter, now).filter(sessions::Column::CreatorId.eq(creator.uuid()));
    paged(conn, in_window(query, SessionWindow::Upcoming, now), page, false).await
}

/// Public sessions that begin within a stretch of time.
pub async fn calendar(
    conn: &impl ConnectionTrait,
    (from, to): (Instant, Instant),
    filter: &ListFilter,
    page: &PageRequest,
    now: Instant,
) -> Result<Page<Session>> {
    let query = public(filter, now)
        .filter(sessions::Column::StartsAt.gte(from))
        .filter(sessions::Column::StartsAt.lt(to))
        .filter(sessions::Column::CancelledAt.is_null());
    paged(conn, query, page, false).await
}

/// A person's seats at sessions that are not over, each with its session, the next first.
pub async fn upcoming(app: &App, user: UserId, page: &PageRequest) -> Result<Page<(Session, Seat)>> {
    let after =
        page.after.as_deref().map(|after| start_and_key(after).ok_or(Denied::BadCursor)).transpose()?;
    let states = [SeatState::Seated, SeatState::Unseated];
    let rows = super::of_holder(app.db.read(), user, &states, app.now(), after, page.limit()).await?;
    Ok(Page::cut(rows, page))
}

/// Who has a seat, in the order of coming; for hosts.
pub async fn roster(
    conn: &impl ConnectionTrait,
    session: WorkshopSessionId,
    page: &PageRequest,
) -> Result<Page<Seat>> {
    let after = key(page)?.map(crate::kernel::SeatId);
    let states = [SeatState::Held, SeatState::Seated, SeatState::Unseated];
    let rows = super::of_session(conn, session, &states, after, page.limit()).await?;
    Ok(Page::cut(rows, page))
}

/// Who waits, in order; for hosts.
pub async fn waiting_in(
    conn: &impl ConnectionTrait,
    session: WorkshopSessionId,
    page: &PageRequest,
) -> Result<Page<(i32, Entry)>> {
    use waitlist_entries::{Column, Entity};
    let live = [EntryState::Waiting.name(), EntryState::Offered.name()];
    let mut query =
        Entity::find().filter(Column::SessionId.eq(session.uuid())).filter(Column::State.is_in(live));
    if let Some(after) = &page.after {
        let [priority, id] = after.as_slice() else { return Err(Denied::BadCursor.into()) };
        let read = priority.parse::<i32>().ok().zip(id.parse::<Uuid>().ok());
        let (priority, id) = read.ok_or(Denied::BadCursor)?;
        let same = Condition::all().add(Column::Priority.eq(priority)).add(Column::Id.gt(id));
        query = query.filter(Condition::any().add(Column::Priority.gt(priority)).add(same));
    }
    let ordered = query.order_by_asc(Column::Priority).order_by_asc(Column::Id).limit(page.limit());
    let rows = ordered.all(conn).await?;
    let rows: Result<Vec<_>> =
        rows.into_iter().map(|row| Ok((row.priority, Entry::try_from(row)?))).collect();
    Ok(Page::cut(rows?, page))
}

fn key(page: &PageRequest) -> Result<Option<Uuid>> {
    let Some(after) = &page.after else { return Ok(None) };
    let [id] = after.as_slice() else { return Err(Denied::BadCursor.into()) };
    Ok(Some(id.parse().map_err(|_| Denied::BadCursor)?))
}
