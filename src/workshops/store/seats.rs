//! Seats, and how they stand. Whoever writes holds their session's lock. Not here: who sits there (`holders`).

use std::collections::HashMap;

use entity::seats::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{
    Error, Instant, OrderLineId, PublicId, Result, SeatId, UserId, WaitlistEntryId, WorkshopSessionId,
};
use crate::workshops::model::{Seat, SeatState, Session};

use super::{unreadable, visits};

impl TryFrom<Model> for Seat {
    type Error = Error;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: SeatId(row.id),
            session: WorkshopSessionId(row.session_id),
            user: row.user_id.map(UserId),
            holder_email: row.holder_email,
            line: row.order_line_id.map(OrderLineId),
            state: SeatState::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            held_until: row.held_until,
            refund_until: row.refund_until,
            refund_if_resold: row.refund_if_resold,
            for_companion: row.for_companion,
            passed_on: row.given_by.is_some(),
            attended: row.attended,
            offered_to: row.offered_to.map(WaitlistEntryId),
            check_in_code: row.check_in_code,
        })
    }
}

/// A seat to write.
pub struct NewSeat<'a> {
    /// At which session.
    pub session: WorkshopSessionId,
    /// Whose, if that is known.
    pub user: Option<UserId>,
    /// Otherwise whose it becomes when this address (lower-cased) is proven.
    pub email: Option<&'a str>,
    /// Whether it is bought for somebody else.
    pub for_companion: bool,
    /// The entry that it is kept for, beside its person's own.
    pub offered_to: Option<WaitlistEntryId>,
    /// What pays for it.
    pub line: Option<OrderLineId>,
    /// How it stands.
    pub state: SeatState,
    /// For what is offered or held.
    pub held_until: Option<Instant>,
    /// Until when giving it back gives the money back.
    pub refund_until: Instant,
    /// What the holder shows at the door.
    pub check_in_code: &'a str,
}

/// Writes a seat. The caller has made sure that its person has none there.
pub async fn insert(tx: &Tx, new: &NewSeat<'_>) -> Result<SeatId> {
    let id = tx.id();
    let row = ActiveModel {
        id: Set(id),
        session_id: Set(new.session.uuid()),
        user_id: Set(new.user.map(PublicId::uuid)),
        holder_email: Set(new.email.filter(|_| new.user.is_none()).map(str::to_owned)),
        order_line_id: Set(new.line.map(PublicId::uuid)),
        state: Set(new.state.name().to_owned()),
        held_until: Set(new.held_until),
        refund_until: Set(new.refund_until),
        refund_if_resold: Set(false),
        refund_cause: Set(None),
        attended: Set(None),
        given_by: Set(None),
        for_companion: Set(new.for_companion),
        offered_to: Set(new.offered_to.map(PublicId::uuid)),
        check_in_code: Set(new.check_in_code.to_owned()),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(SeatId(id))
}

/// A seat by key.
pub async fn seat(conn: &impl ConnectionTrait, id: SeatId) -> Result<Option<Seat>> {
    Entity::find_by_id(id.uuid()).one(conn).await?.map(Seat::try_from).transpose()
}

/// The same seats as they are now, in order of their keys, without those that have left the session.
pub async fn still_there(
    conn: &impl ConnectionTrait,
    session: &Session,
    known: &[Seat],
) -> Result<Vec<Seat>> {
    let rows = Entity::find()
        .filter(Column::SessionId.eq(session.id.uuid()))
        .filter(Column::Id.is_in(known.iter().map(|seat| seat.id.uuid())))
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(Seat::try_from).collect()
}

/// Many seats by key.
pub async fn by_ids(app: &App, ids: &[SeatId]) -> Result<HashMap<SeatId, Seat>> {
    let rows =
        Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(app.db.read()).await?;
    rows.into_iter().map(|row| Ok((SeatId(row.id), Seat::try_from(row)?))).collect()
}

/// The seat an order line pays for.
pub async fn of_line(conn: &impl ConnectionTrait, line: OrderLineId) -> Result<Option<Seat>> {
    Entity::find()
        .filter(Column::OrderLineId.eq(line.uuid()))
        .one(conn)
        .await?
        .map(Seat::try_from)
        .transpose()
}

/// The seats that order lines pay for, by session and key: the order in which they are locked.
pub async fn of_lines(conn: &impl ConnectionTrait, lines: &[OrderLineId]) -> Result<Vec<Seat>> {
    let rows = Entity::find()
        .filter(Column::OrderLineId.is_in(lines.iter().map(|line| line.uuid())))
        .order_by_asc(Column::SessionId)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(Seat::try_from).collect()
}

/// Seats of a session in these states, after a key, in order of their keys.
pub async fn of_session(
    conn: &impl ConnectionTrait,
    session: WorkshopSessionId,
    states: &[SeatState],
    after: Option<SeatId>,
    limit: u64,
) -> Result<Vec<Seat>> {
    let mut query = Entity::find()
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::State.is_in(states.iter().map(|state| state.name())));
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after.uuid()));
    }
    let rows = query.order_by_asc(Column::Id).limit(limit).all(conn).await?;
    rows.into_iter().map(Seat::try_from).collect()
}

pub(super) async fn change(tx: &Tx, id: SeatId, change: ActiveModel) -> Result<()> {
    let change = ActiveModel { id: Set(id.uuid()), updated_at: Set(tx.now()), ..change };
    Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes how a seat stands, and until when.
pub async fn set_state(
    tx: &Tx,
    id: SeatId,
    state: SeatState,
    until: Option<Instant>,
    cause: Option<Uuid>,
) -> Result<()> {
    let to = ActiveModel {
        state: Set(state.name().to_owned()),
        held_until: Set(until),
        refund_cause: Set(cause),
        ..Default::default()
    };
    change(tx, id, to).await
}

/// Says what pays for a seat that was offered.
pub async fn set_line(tx: &Tx, id: SeatId, line: OrderLineId) -> Result<()> {
    change(tx, id, ActiveModel { order_line_id: Set(Some(line.uuid())), ..Default::default() }).await
}

/// Moves a seat to another session, where nobody has been with it yet.
pub async fn set_session(
    tx: &Tx,
    id: SeatId,
    session: WorkshopSessionId,
    refund_until: Instant,
) -> Result<()> {
    visits::forget(tx, id).await?;
    let to = ActiveModel {
        session_id: Set(session.uuid()),
        refund_until: Set(refund_until),
        attended: Set(None),
        ..Default::default()
    };
    change(tx, id, to).await
}

/// Gives everybody with a seat at a session until then to give it back for their money.
pub async fn set_refund_until(tx: &Tx, session: WorkshopSessionId, until: Instant) -> Result<()> {
    let to = ActiveModel { refund_until: Set(until), updated_at: Set(tx.now()), ..Default::default() };
    Entity::update_many()
        .set(to)
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::State.is_in(["HELD", "SEATED", "UNSEATED"]))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Notes that a seat given back is refunded only if its place is sold again.
pub async fn set_resold(tx: &Tx, id: SeatId, waits: bool) -> Result<()> {
    change(tx, id, ActiveModel { refund_if_resold: Set(waits), ..Default::default() }).await
}

/// The seat that has waited longest for its place to be sold again; it waits no more.
pub async fn take_resold(tx: &Tx, session: WorkshopSessionId) -> Result<Option<SeatId>> {
    let row = Entity::find()
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::State.eq(SeatState::Released.name()))
        .filter(Column::RefundIfResold.eq(true))
        .order_by_asc(Column::UpdatedAt)
        .order_by_asc(Column::Id)
        .one(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    set_resold(tx, SeatId(row.id), false).await?;
    Ok(Some(SeatId(row.id)))
}

/// Writes who was there, for seats of this session that are taken; how many were found.
pub async fn set_attended(
    tx: &Tx,
    session: WorkshopSessionId,
    seats: &[SeatId],
    attended: bool,
) -> Result<u64> {
    let to = ActiveModel { attended: Set(Some(attended)), updated_at: Set(tx.now()), ..Default::default() };
    let done = Entity::update_many()
        .set(to)
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::State.eq(SeatState::Seated.name()))
        .filter(Column::Id.is_in(seats.iter().map(|seat| seat.uuid())))
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected)
}

/// Seats that a refund or a dispute took, by session: the order in which they are locked.
pub async fn of_refund(conn: &impl ConnectionTrait, cause: Uuid) -> Result<Vec<Seat>> {
    let rows = Entity::find()
        .filter(Column::RefundCause.eq(cause))
        .filter(Column::State.eq(SeatState::Refunded.name()))
        .order_by_asc(Column::SessionId)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(Seat::try_from).collect()
}
