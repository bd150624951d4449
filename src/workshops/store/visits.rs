//! When people were there with their seats. Whoever writes holds the session's lock.

use std::collections::HashMap;

use entity::seat_visits::{ActiveModel, Column, Entity};
use entity::seats;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::OnConflict,
};

use crate::db::Tx;
use crate::kernel::{Fault, Instant, PublicId, Result, SeatId, WorkshopSessionId};
use crate::workshops::model::{Visit, VisitMeans};

/// What a host has noted is known by this.
const NOTED: &str = "host";
/// Rows in one statement.
const AT_ONCE: usize = 200;

/// Writes that somebody came, once for each name that the visit is known by.
pub async fn come(tx: &Tx, seat: SeatId, means: VisitMeans, known_as: &str, at: Instant) -> Result<()> {
    insert(tx, &[seat], means, known_as, at).await
}

async fn insert(tx: &Tx, seats: &[SeatId], means: VisitMeans, known_as: &str, at: Instant) -> Result<()> {
    let row = |seat: &SeatId| ActiveModel {
        id: Set(tx.id()),
        seat_id: Set(seat.uuid()),
        known_as: Set(known_as.to_owned()),
        means: Set(means.name().to_owned()),
        came_at: Set(at),
        left_at: Set(None),
    };
    for some in seats.chunks(AT_ONCE) {
        let known = OnConflict::columns([Column::SeatId, Column::KnownAs]).do_nothing().to_owned();
        let rows = Entity::insert_many(some.iter().map(row)).on_conflict(known);
        rows.exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Writes that a visit to a room is over; false if nobody has told of it.
pub async fn leave(tx: &Tx, seat: SeatId, known_as: &str, at: Instant) -> Result<bool> {
    let this = Entity::find().filter(Column::SeatId.eq(seat.uuid())).filter(Column::KnownAs.eq(known_as));
    let Some(visit) = this.filter(Column::Means.eq(VisitMeans::Room.name())).one(tx.conn()).await? else {
        return Ok(false);
    };
    let to =
        ActiveModel { id: Set(visit.id), left_at: Set(Some(at.max(visit.came_at))), ..Default::default() };
    Entity::update(to).exec(tx.conn()).await?;
    Ok(true)
}

/// Nobody is in a session's room any more: ends the visits of whom nobody has seen going.
pub async fn end_visits(tx: &Tx, session: WorkshopSessionId, at: Instant) -> Result<()> {
    let there = seats::Entity::find().select_only().column(seats::Column::Id);
    let there = there.filter(seats::Column::SessionId.eq(session.uuid())).into_query();
    Entity::update_many()
        .set(ActiveModel { left_at: Set(Some(at)), ..Default::default() })
        .filter(Column::SeatId.in_subquery(there))
        .filter(Column::Means.eq(VisitMeans::Room.name()))
        .filter(Column::LeftAt.is_null())
        .filter(Column::CameAt.lte(at))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Writes that a host noted these people, or takes it back.
pub async fn mark(tx: &Tx, seats: &[SeatId], attended: bool) -> Result<()> {
    if attended {
        return insert(tx, seats, VisitMeans::Host, NOTED, tx.now()).await;
    }
    Entity::delete_many()
        .filter(Column::SeatId.is_in(seats.iter().map(|seat| seat.uuid())))
        .filter(Column::Means.eq(VisitMeans::Host.name()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// A seat is another's, or at another session: nobody has been there with it.
pub(super) async fn forget(tx: &Tx, seat: SeatId) -> Result<()> {
    Entity::delete_many().filter(Column::SeatId.eq(seat.uuid())).exec(tx.conn()).await?;
    Ok(())
}

/// The visits with each of these seats, the first first.
pub(super) async fn of_seats(
    conn: &impl ConnectionTrait,
    seats: &[SeatId],
) -> Result<HashMap<SeatId, Vec<Visit>>> {
    let rows = Entity::find()
        .filter(Column::SeatId.is_in(seats.iter().map(|seat| seat.uuid())))
        .order_by_asc(Column::CameAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    let mut found: HashMap<SeatId, Vec<Visit>> = HashMap::new();
    for row in rows {
        let means = VisitMeans::of(&row.means).ok_or_else(|| Fault::new("reading a visit", &row.means))?;
        let visit = Visit { means, came_at: row.came_at, left_at: row.left_at };
        found.entry(SeatId(row.seat_id)).or_default().push(visit);
    }
    Ok(found)
}
