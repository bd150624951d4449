//! Sessions. Their row is the lock of their places.

use std::collections::HashMap;

use entity::workshop_sessions::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use crate::app::App;
use crate::db::{self, Tx};
use crate::kernel::{CreatorId, Fault, Instant, OfferingId, PublicId, Result, WorkshopSessionId};
use crate::workshops::model::{JoinProvider, Schedule, Session, SessionWish};

impl From<Model> for Session {
    fn from(row: Model) -> Self {
        Self {
            id: WorkshopSessionId(row.id),
            workshop: OfferingId(row.workshop_id),
            creator: CreatorId(row.creator_id),
            title: row.title,
            local_start: row.local_start,
            time_zone: row.time_zone,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            capacity: row.capacity,
            taken: row.taken,
            waitlist_enabled: row.waitlist_enabled,
            sequence: row.sequence,
            opens_minutes_before: row.opens_minutes_before,
            join_provider: row.join_provider.as_deref().and_then(JoinProvider::of),
            join_sealed: row.join_sealed,
            recorded: row.recorded,
            live_at: row.live_at,
            closed_at: row.closed_at,
            cancelled_at: row.cancelled_at,
            change_note: row.change_note,
        }
    }
}

/// Writes a session nobody has a seat at.
pub async fn insert(
    tx: &Tx,
    (workshop, creator): (OfferingId, CreatorId),
    when: &Schedule,
    wish: &SessionWish,
    opens_minutes_before: i32,
) -> Result<WorkshopSessionId> {
    let id = tx.id();
    let row = ActiveModel {
        id: Set(id),
        workshop_id: Set(workshop.uuid()),
        creator_id: Set(creator.uuid()),
        title: Set(wish.title.clone()),
        local_start: Set(when.local_start.clone()),
        time_zone: Set(when.time_zone.clone()),
        starts_at: Set(when.starts_at),
        ends_at: Set(when.ends_at),
        capacity: Set(wish.capacity),
        taken: Set(0),
        waitlist_enabled: Set(wish.waitlist_enabled),
        sequence: Set(0),
        opens_minutes_before: Set(opens_minutes_before),
        join_provider: Set(None),
        join_sealed: Set(None),
        recorded: Set(false),
        live_at: Set(None),
        closed_at: Set(None),
        cancelled_at: Set(None),
        change_note: Set(None),
        reminded_sequence: Set(None),
        thanked_at: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(WorkshopSessionId(id))
}

/// A session by key.
pub async fn session(conn: &impl ConnectionTrait, id: WorkshopSessionId) -> Result<Option<Session>> {
    Ok(Entity::find_by_id(id.uuid()).one(conn).await?.map(Session::from))
}

/// Many sessions by key.
pub async fn by_ids(app: &App, ids: &[WorkshopSessionId]) -> Result<HashMap<WorkshopSessionId, Session>> {
    let rows =
        Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(app.db.read()).await?;
    Ok(rows.into_iter().map(|row| (WorkshopSessionId(row.id), row.into())).collect())
}

/// A session, locked until the change commits: whoever changes its seats holds this lock. SQLite has one writer.
pub async fn lock(tx: &Tx, id: WorkshopSessionId) -> Result<Option<Session>> {
    Ok(Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?.map(Session::from))
}

/// Takes a place if there is one. Holds without the lock too: the condition and the count are one statement.
pub async fn take_place(tx: &Tx, id: WorkshopSessionId) -> Result<bool> {
    let text = "UPDATE workshop_sessions SET taken = taken + 1
         WHERE id = $1 AND (capacity IS NULL OR taken < capacity)";
    let statement = db::sql(tx.conn().get_database_backend(), text, [id.uuid().into()]);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected() == 1)
}

/// Gives a place back.
pub async fn free_place(tx: &Tx, id: WorkshopSessionId) -> Result<()> {
    let text = "UPDATE workshop_sessions SET taken = taken - 1 WHERE id = $1 AND taken > 0";
    let statement = db::sql(tx.conn().get_database_backend(), text, [id.uuid().into()]);
    if tx.conn().execute_raw(statement).await?.rows_affected() != 1 {
        return Err(Fault::new("freeing a place", format!("{id} had none taken")).into());
    }
    Ok(())
}

/// How many sessions of a workshop lie ahead and were not called off.
pub async fn count_ahead(conn: &impl ConnectionTrait, workshop: OfferingId, now: Instant) -> Result<u64> {
    let ahead = Entity::find()
        .filter(Column::WorkshopId.eq(workshop.uuid()))
        .filter(Column::StartsAt.gt(now))
        .filter(Column::CancelledAt.is_null());
    Ok(ahead.count(conn).await?)
}

async fn change(tx: &Tx, id: WorkshopSessionId, change: ActiveModel) -> Result<()> {
    let change = ActiveModel { id: Set(id.uuid()), updated_at: Set(tx.now()), ..change };
    Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Another time; what was said of the room being live is over.
pub async fn reschedule(tx: &Tx, was: &Session, when: &Schedule, note: Option<&str>) -> Result<()> {
    let to = ActiveModel {
        change_note: Set(note.map(str::to_owned)),
        local_start: Set(when.local_start.clone()),
        time_zone: Set(when.time_zone.clone()),
        starts_at: Set(when.starts_at),
        ends_at: Set(when.ends_at),
        sequence: Set(was.sequence + 1),
        live_at: Set(None),
        closed_at: Set(None),
        ..Default::default()
    };
    change(tx, was.id, to).await
}

/// Called off.
pub async fn cancel(tx: &Tx, was: &Session, reason: &str) -> Result<()> {
    let to = ActiveModel {
        cancelled_at: Set(Some(tx.now())),
        change_note: Set(Some(reason.to_owned())),
        sequence: Set(was.sequence + 1),
        ..Default::default()
    };
    change(tx, was.id, to).await
}

/// The way in, encrypted, when the door opens, and whether what happens behind it is recorded.
pub async fn set_join(
    tx: &Tx,
    id: WorkshopSessionId,
    provider: JoinProvider,
    sealed: String,
    (opens_minutes_before, recorded): (i32, bool),
) -> Result<()> {
    let to = ActiveModel {
        join_provider: Set(Some(provider.name().to_owned())),
        join_sealed: Set(Some(sealed)),
        opens_minutes_before: Set(opens_minutes_before),
        recorded: Set(recorded),
        ..Default::default()
    };
    change(tx, id, to).await
}

/// A host went live.
pub async fn set_live(tx: &Tx, id: WorkshopSessionId) -> Result<()> {
    let to = ActiveModel { live_at: Set(Some(tx.now())), closed_at: Set(None), ..Default::default() };
    change(tx, id, to).await
}

/// A host ended it.
pub async fn set_closed(tx: &Tx, id: WorkshopSessionId) -> Result<()> {
    change(tx, id, ActiveModel { closed_at: Set(Some(tx.now())), ..Default::default() }).await
}

/// Sessions that begin before then and whose attendees were not reminded of the time they have now.
pub async fn unreminded(conn: &impl ConnectionTrait, now: Instant, before: Instant) -> Result<Vec<Session>> {
    let rows = Entity::find()
        .filter(Column::StartsAt.gt(now))
        .filter(Column::StartsAt.lte(before))
        .filter(Column::CancelledAt.is_null())
        .filter(
            Condition::any()
                .add(Column::RemindedSequence.is_null())
                .add(Expr::col(Column::RemindedSequence).ne(Expr::col(Column::Sequence))),
        )
        .order_by_asc(Column::StartsAt)
        .limit(200)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Notes that reminders of the session's present time were written.
pub async fn set_reminded(tx: &Tx, session: &Session) -> Result<()> {
    let to = ActiveModel { reminded_sequence: Set(Some(session.sequence)), ..Default::default() };
    change(tx, session.id, to).await
}

/// Sessions whose time was up before `until` and not before `from`, that were not called off, and after which nobody was
/// thanked. A host who closes the room earlier may open it again, or call off the rest.
pub async fn unthanked(conn: &impl ConnectionTrait, from: Instant, until: Instant) -> Result<Vec<Session>> {
    let rows = Entity::find()
        .filter(Column::ThankedAt.is_null())
        .filter(Column::CancelledAt.is_null())
        .filter(Column::EndsAt.lte(until))
        .filter(Column::EndsAt.gt(from))
        .order_by_asc(Column::Id)
        .limit(200)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Notes that everybody was thanked.
pub async fn set_thanked(tx: &Tx, id: WorkshopSessionId) -> Result<()> {
    change(tx, id, ActiveModel { thanked_at: Set(Some(tx.now())), ..Default::default() }).await
}
