//! The waitlist. Whoever writes holds the session's lock.

use std::collections::HashMap;

use entity::waitlist_entries::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{self, Tx, any_pair};
use crate::kernel::{Error, PublicId, Result, SeatId, UserId, WaitlistEntryId, WorkshopSessionId};
use crate::workshops::model::{Entry, EntryState, Priority};

use super::holders::{Pair, keys};
use super::unreadable;

const LIVE: [&str; 2] = ["WAITING", "OFFERED"];

/// Of an entry `w`: it waits, or less is kept for it than it wants. An offer is one's own seat and those beside it.
const WANTS: &str = "(w.state = 'WAITING' OR (w.state = 'OFFERED' AND w.seats > 1 AND w.seats - 1 >
    (SELECT COUNT(*) FROM seats p WHERE p.offered_to = w.id AND p.state = 'OFFERED')))";

impl TryFrom<Model> for Entry {
    type Error = Error;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: WaitlistEntryId(row.id),
            session: WorkshopSessionId(row.session_id),
            user: UserId(row.user_id),
            state: EntryState::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            seat: row.seat_id.map(SeatId),
            seats: usize::try_from(row.seats).map_err(unreadable)?,
            since: row.created_at,
        })
    }
}

/// Puts somebody on the list. The caller has made sure that they are not on it.
pub async fn insert(
    tx: &Tx,
    session: WorkshopSessionId,
    user: UserId,
    (priority, seats): (Priority, i32),
) -> Result<WaitlistEntryId> {
    let id = tx.id();
    let row = ActiveModel {
        id: Set(id),
        session_id: Set(session.uuid()),
        user_id: Set(user.uuid()),
        priority: Set(priority.number()),
        state: Set(EntryState::Waiting.name().to_owned()),
        seat_id: Set(None),
        seats: Set(seats),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(WaitlistEntryId(id))
}

/// An entry by key.
pub async fn entry(conn: &impl ConnectionTrait, id: WaitlistEntryId) -> Result<Option<Entry>> {
    Entity::find_by_id(id.uuid()).one(conn).await?.map(Entry::try_from).transpose()
}

/// Many entries by key.
pub async fn entries_by_id(app: &App, ids: &[WaitlistEntryId]) -> Result<HashMap<WaitlistEntryId, Entry>> {
    let rows =
        Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(app.db.read()).await?;
    rows.into_iter().map(|row| Ok((WaitlistEntryId(row.id), Entry::try_from(row)?))).collect()
}

/// The entry a person has at a session, if it counts.
pub async fn live_entry(
    conn: &impl ConnectionTrait,
    session: WorkshopSessionId,
    user: UserId,
) -> Result<Option<Entry>> {
    let row = Entity::find()
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::State.is_in(LIVE))
        .one(conn)
        .await?;
    row.map(Entry::try_from).transpose()
}

/// People's entries that count.
pub async fn live_of_pairs(app: &App, pairs: &[Pair]) -> Result<HashMap<Pair, Entry>> {
    let rows = Entity::find()
        .filter(any_pair(Column::UserId, Column::SessionId, keys(pairs)))
        .filter(Column::State.is_in(LIVE))
        .all(app.db.read())
        .await?;
    rows.into_iter()
        .map(|row| {
            let entry = Entry::try_from(row)?;
            Ok(((entry.user, entry.session), entry))
        })
        .collect()
}

/// Who comes next: who waits, or wants more than is kept for them.
pub async fn next_in_line(tx: &Tx, session: WorkshopSessionId) -> Result<Option<Entry>> {
    let text = format!(
        "SELECT w.* FROM waitlist_entries w WHERE w.session_id = $1 AND {WANTS}
         ORDER BY w.priority, w.id LIMIT 1"
    );
    let statement = db::sql(tx.conn().get_database_backend(), &text, [session.uuid().into()]);
    let row = Entity::find().from_raw_sql(statement).one(tx.conn()).await?;
    row.map(Entry::try_from).transpose()
}

/// Whether somebody behind this entry waits, or wants more than is kept for them.
pub async fn is_waited_behind(tx: &Tx, entry: WaitlistEntryId) -> Result<bool> {
    let text = format!(
        "SELECT w.id AS id FROM waitlist_entries w JOIN waitlist_entries e ON e.session_id = w.session_id
         WHERE e.id = $1 AND {WANTS} AND (w.priority > e.priority OR (w.priority = e.priority AND w.id > e.id)) LIMIT 1"
    );
    let statement = db::sql(tx.conn().get_database_backend(), &text, [entry.uuid().into()]);
    Ok(tx.conn().query_one_raw(statement).await?.is_some())
}

/// Whoever left the list because somebody had bought them a seat is back in it, at their old place. True if they were there.
pub async fn wait_again(tx: &Tx, session: WorkshopSessionId, user: UserId) -> Result<bool> {
    let ended = Entity::find()
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::State.eq(EntryState::Seated.name()))
        .filter(Column::SeatId.is_null())
        .order_by_desc(Column::Id)
        .one(tx.conn())
        .await?;
    let is_waiting = live_entry(tx.conn(), session, user).await?.is_some();
    let Some(entry) = ended.filter(|_| !is_waiting) else { return Ok(false) };
    set_entry(tx, WaitlistEntryId(entry.id), EntryState::Waiting, None).await?;
    Ok(true)
}

/// Writes how an entry stands.
pub async fn set_entry(tx: &Tx, id: WaitlistEntryId, state: EntryState, seat: Option<SeatId>) -> Result<()> {
    let to = ActiveModel {
        id: Set(id.uuid()),
        state: Set(state.name().to_owned()),
        seat_id: Set(seat.map(PublicId::uuid)),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    Entity::update(to).exec(tx.conn()).await?;
    Ok(())
}

/// Writes how many seats somebody waits for.
pub async fn set_wanted(tx: &Tx, id: WaitlistEntryId, seats: i32) -> Result<()> {
    let to = ActiveModel {
        id: Set(id.uuid()),
        seats: Set(seats),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    Entity::update(to).exec(tx.conn()).await?;
    Ok(())
}

/// Ends every wish for a session that is no more.
pub async fn close(tx: &Tx, session: WorkshopSessionId) -> Result<()> {
    let to = ActiveModel {
        state: Set(EntryState::Closed.name().to_owned()),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    Entity::update_many()
        .set(to)
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::State.is_in(LIVE))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// How many wait before each of these entries.
pub async fn ahead_of(app: &App, entries: &[WaitlistEntryId]) -> Result<HashMap<WaitlistEntryId, i64>> {
    let keys: Vec<String> = (1..=entries.len()).map(|n| format!("${n}")).collect();
    let text = format!(
        "SELECT e.id AS id, COUNT(w.id) AS n FROM waitlist_entries e
         LEFT JOIN waitlist_entries w ON w.session_id = e.session_id AND w.state = 'WAITING'
             AND (w.priority < e.priority OR (w.priority = e.priority AND w.id < e.id))
         WHERE e.id IN ({}) GROUP BY e.id",
        keys.join(", ")
    );
    let binds = entries.iter().map(|entry| entry.uuid().into());
    let rows = app.db.read().query_all_raw(db::sql(app.db.backend(), &text, binds)).await?;
    rows.iter().map(|row| Ok((WaitlistEntryId(row.try_get("", "id")?), row.try_get("", "n")?))).collect()
}

#[derive(FromQueryResult)]
struct Counted {
    session_id: Uuid,
    n: i64,
}

/// How many wait for each session.
pub async fn waiting_counts(
    app: &App,
    sessions: &[WorkshopSessionId],
) -> Result<HashMap<WorkshopSessionId, i64>> {
    let rows = Entity::find()
        .select_only()
        .column(Column::SessionId)
        .column_as(Column::Id.count(), "n")
        .filter(Column::SessionId.is_in(sessions.iter().map(|id| id.uuid())))
        .filter(Column::State.eq(EntryState::Waiting.name()))
        .group_by(Column::SessionId)
        .into_model::<Counted>()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| (WorkshopSessionId(row.session_id), row.n)).collect())
}
