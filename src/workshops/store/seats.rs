//! Seats. Whoever writes holds their session's lock.

use std::collections::{HashMap, HashSet};

use entity::seats::{ActiveModel, Column, Entity, Model};
use entity::workshop_sessions as sessions;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{
    Error, Instant, OfferingId, OrderLineId, PublicId, Result, SeatId, UserId, WorkshopSessionId,
};
use crate::workshops::model::{Seat, SeatState, Session};

use super::{unreadable, visits};

/// Whose seat at which session.
pub type Pair = (UserId, WorkshopSessionId);

const LIVE: [&str; 3] = ["OFFERED", "HELD", "SEATED"];

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

/// The person's seat at a session, if it takes a place.
pub async fn live_of_user(
    conn: &impl ConnectionTrait,
    user: UserId,
    session: WorkshopSessionId,
) -> Result<Option<Seat>> {
    first_in(conn, (user, session), &LIVE).await
}

/// The seat a person has paid for too late.
pub async fn unseated_of(
    conn: &impl ConnectionTrait,
    user: UserId,
    session: WorkshopSessionId,
) -> Result<Option<Seat>> {
    first_in(conn, (user, session), &[SeatState::Unseated.name()]).await
}

async fn first_in(
    conn: &impl ConnectionTrait,
    (user, session): Pair,
    states: &[&str],
) -> Result<Option<Seat>> {
    let row = Entity::find()
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::State.is_in(states.iter().copied()))
        .order_by_asc(Column::Id)
        .one(conn)
        .await?;
    row.map(Seat::try_from).transpose()
}

/// People's seats: the one that takes a place, else one that was paid too late.
pub async fn of_pairs(app: &App, pairs: &[Pair]) -> Result<HashMap<Pair, Seat>> {
    let any = pairs.iter().fold(Condition::any(), |any, (user, session)| {
        any.add(
            Condition::all().add(Column::UserId.eq(user.uuid())).add(Column::SessionId.eq(session.uuid())),
        )
    });
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find()
        .filter(any)
        .filter(Column::State.is_in(["HELD", "SEATED", "UNSEATED"]))
        .all(app.db.read())
        .await?;
    let mut found = HashMap::new();
    for row in rows {
        let seat = Seat::try_from(row)?;
        let Some(user) = seat.user else { continue };
        let key = (user, seat.session);
        if seat.state.takes_a_place() || !found.contains_key(&key) {
            found.insert(key, seat);
        }
    }
    Ok(found)
}

/// A person's seats in these states at sessions that end after a moment, each with its session, the next first; behind
/// `after`, a start and a seat.
pub async fn of_holder(
    conn: &impl ConnectionTrait,
    user: UserId,
    states: &[SeatState],
    ending_after: Instant,
    after: Option<(Instant, Uuid)>,
    limit: u64,
) -> Result<Vec<(Session, Seat)>> {
    let at = Entity::belongs_to(sessions::Entity).from(Column::SessionId).to(sessions::Column::Id);
    let mut query = Entity::find()
        .join(JoinType::InnerJoin, at.into())
        .select_also(sessions::Entity)
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::State.is_in(states.iter().map(|state| state.name())))
        .filter(sessions::Column::EndsAt.gt(ending_after));
    if let Some((start, id)) = after {
        let same = Condition::all().add(sessions::Column::StartsAt.eq(start)).add(Column::Id.gt(id));
        query = query.filter(Condition::any().add(sessions::Column::StartsAt.gt(start)).add(same));
    }
    let rows = query
        .order_by_asc(sessions::Column::StartsAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(conn)
        .await?;
    let both = rows.into_iter().filter_map(|(seat, session)| Some((session?, seat)));
    both.map(|(session, seat)| Ok((session.into(), Seat::try_from(seat)?))).collect()
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

async fn change(tx: &Tx, id: SeatId, change: ActiveModel) -> Result<()> {
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

/// Gives somebody's seat to whoever proves an address: with a code of its own, and as of somebody who was not there yet.
pub async fn give_away(tx: &Tx, id: SeatId, by: UserId, email: &str, check_in_code: &str) -> Result<()> {
    visits::forget(tx, id).await?;
    let to = ActiveModel {
        user_id: Set(None),
        holder_email: Set(Some(email.to_owned())),
        check_in_code: Set(check_in_code.to_owned()),
        given_by: Set(Some(by.uuid())),
        attended: Set(None),
        ..Default::default()
    };
    change(tx, id, to).await
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

/// Seats that wait for somebody to prove this address (lower-cased). What others hold for it and have not paid for is not
/// among them, nor what is over: strangers may leave any number of those.
pub async fn unclaimed(conn: &impl ConnectionTrait, email: &str) -> Result<Vec<Seat>> {
    let taken = [SeatState::Offered, SeatState::Held].map(SeatState::name);
    let own = Condition::all().add(Column::ForCompanion.eq(false)).add(Column::State.is_in(taken));
    let theirs = Condition::any().add(Column::State.eq(SeatState::Seated.name())).add(own);
    let rows = Entity::find()
        .filter(Column::HolderEmail.eq(email))
        .filter(theirs)
        .filter(Column::UserId.is_null())
        .order_by_asc(Column::SessionId)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(Seat::try_from).collect()
}

/// Whether a seat at this session waits for somebody to prove an address.
pub async fn has_unclaimed(conn: &impl ConnectionTrait, session: WorkshopSessionId) -> Result<bool> {
    let found = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::State.eq(SeatState::Seated.name()))
        .filter(Column::UserId.is_null())
        .into_tuple::<Uuid>()
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Gives a seat without a holder to somebody.
pub async fn claim(tx: &Tx, id: SeatId, user: UserId) -> Result<()> {
    let to = ActiveModel { user_id: Set(Some(user.uuid())), holder_email: Set(None), ..Default::default() };
    change(tx, id, to).await
}

/// Which people have a seat at which of these workshops.
pub async fn seated_in(
    app: &App,
    pairs: &[(UserId, OfferingId)],
) -> Result<HashMap<(UserId, OfferingId), ()>> {
    let users = pairs.iter().map(|(user, _)| user.uuid());
    let workshops = pairs.iter().map(|(_, workshop)| workshop.uuid());
    let rows: Vec<(Uuid, Uuid)> = sessions::Entity::find()
        .select_only()
        .column(Column::UserId)
        .column(sessions::Column::WorkshopId)
        .join(
            JoinType::InnerJoin,
            sessions::Entity::belongs_to(Entity).from(sessions::Column::Id).to(Column::SessionId).into(),
        )
        .filter(Column::UserId.is_in(users))
        .filter(Column::State.eq(SeatState::Seated.name()))
        .filter(sessions::Column::WorkshopId.is_in(workshops))
        .distinct()
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|(user, workshop)| ((UserId(user), OfferingId(workshop)), ())).collect())
}

/// Everybody who has a seat at a session.
pub async fn seated(conn: &impl ConnectionTrait, session: WorkshopSessionId) -> Result<HashSet<UserId>> {
    let rows: Vec<Option<Uuid>> = Entity::find()
        .select_only()
        .column(Column::UserId)
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::State.eq(SeatState::Seated.name()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().flatten().map(UserId).collect())
}

/// How many have a seat at each of these sessions.
pub async fn seated_counts(
    app: &App,
    sessions: &[WorkshopSessionId],
) -> Result<HashMap<WorkshopSessionId, i64>> {
    let rows: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::SessionId)
        .column_as(Column::Id.count(), "n")
        .filter(Column::SessionId.is_in(sessions.iter().map(|id| id.uuid())))
        .filter(Column::State.eq(SeatState::Seated.name()))
        .group_by(Column::SessionId)
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|(session, n)| (WorkshopSessionId(session), n)).collect())
}
