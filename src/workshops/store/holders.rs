//! Who sits: the seats of a person, of an address, of everybody at a session; and whose a seat becomes. Whoever writes holds
//! the session's lock. Not here: what becomes of a seat by itself (`seats`).

use std::collections::{HashMap, HashSet};

use entity::seats::{ActiveModel, Column, Entity};
use entity::workshop_sessions as sessions;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{Tx, any_pair};
use crate::kernel::{Instant, OfferingId, PublicId, Result, SeatId, UserId, WorkshopSessionId};
use crate::workshops::model::{Seat, SeatState, Session};

use super::seats::change;
use super::visits;

/// Whose seat at which session.
pub type Pair = (UserId, WorkshopSessionId);

pub(super) fn keys(pairs: &[Pair]) -> impl Iterator<Item = (Uuid, Uuid)> {
    pairs.iter().map(|(user, session)| (user.uuid(), session.uuid()))
}

const LIVE: [&str; 3] = ["OFFERED", "HELD", "SEATED"];

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
    let rows = Entity::find()
        .filter(any_pair(Column::UserId, Column::SessionId, keys(pairs)))
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
