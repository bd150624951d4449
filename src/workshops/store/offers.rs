//! What is kept for those who wait: the seats of an offer, their own and those beside it. Whoever writes holds the
//! session's lock.

use std::collections::HashMap;

use entity::seats::{ActiveModel, Column, Entity};
use entity::waitlist_entries;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{OrderLineId, PublicId, Result, SeatId, UserId, WaitlistEntryId, WorkshopSessionId};
use crate::workshops::model::{Entry, EntryState, Seat, SeatState};

use super::{holders, seats::change};

/// The seats that are kept for an entry, its person's own first.
pub async fn offered_to(conn: &impl ConnectionTrait, entry: &Entry) -> Result<Vec<Seat>> {
    let beside = Column::OfferedTo.eq(entry.id.uuid());
    let theirs = Condition::any().add(beside).add_option(entry.seat.map(|own| Column::Id.eq(own.uuid())));
    let rows = Entity::find()
        .filter(theirs)
        .filter(Column::State.eq(SeatState::Offered.name()))
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    let mut seats: Vec<Seat> = rows.into_iter().map(Seat::try_from).collect::<Result<_>>()?;
    seats.sort_by_key(|seat| seat.user.is_none());
    Ok(seats)
}

/// The seats that are kept for a person at a session, those beside their own first; also what an order of theirs, in this very
/// change, has not taken.
pub async fn kept_for(
    conn: &impl ConnectionTrait,
    user: UserId,
    session: WorkshopSessionId,
) -> Result<Vec<Seat>> {
    let entries = waitlist_entries::Entity::find()
        .select_only()
        .column(waitlist_entries::Column::Id)
        .filter(waitlist_entries::Column::SessionId.eq(session.uuid()))
        .filter(waitlist_entries::Column::UserId.eq(user.uuid()))
        .into_query();
    let rows = Entity::find()
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::State.eq(SeatState::Offered.name()))
        .filter(Column::OfferedTo.in_subquery(entries))
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    let mut seats: Vec<Seat> = rows.into_iter().map(Seat::try_from).collect::<Result<_>>()?;
    let own = holders::live_of_user(conn, user, session).await?;
    seats.extend(own.filter(|seat| seat.state == SeatState::Offered));
    Ok(seats)
}

/// The entry that was offered this seat, while the offer stands.
pub async fn of_seat(conn: &impl ConnectionTrait, seat: &Seat) -> Result<Option<Entry>> {
    use waitlist_entries::Column;
    let theirs = Condition::any()
        .add(Column::SeatId.eq(seat.id.uuid()))
        .add_option(seat.offered_to.map(|entry| Column::Id.eq(entry.uuid())));
    let row = waitlist_entries::Entity::find()
        .filter(theirs)
        .filter(Column::State.eq(EntryState::Offered.name()))
        .one(conn)
        .await?;
    row.map(Entry::try_from).transpose()
}

/// Says what pays for a seat that was offered, and for which companion (lower-cased address) it is.
pub async fn give_to_companion(tx: &Tx, id: SeatId, line: OrderLineId, email: &str) -> Result<()> {
    let to = ActiveModel {
        user_id: Set(None),
        holder_email: Set(Some(email.to_owned())),
        order_line_id: Set(Some(line.uuid())),
        for_companion: Set(true),
        ..Default::default()
    };
    change(tx, id, to).await
}

/// How many seats are kept beside their own for each of these.
pub async fn kept_beside(app: &App, entries: &[WaitlistEntryId]) -> Result<HashMap<WaitlistEntryId, i64>> {
    let rows: Vec<(Option<Uuid>, i64)> = Entity::find()
        .select_only()
        .column(Column::OfferedTo)
        .column_as(Column::Id.count(), "n")
        .filter(Column::OfferedTo.is_in(entries.iter().map(|entry| entry.uuid())))
        .filter(Column::State.eq(SeatState::Offered.name()))
        .group_by(Column::OfferedTo)
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().filter_map(|(entry, n)| Some((WaitlistEntryId(entry?), n))).collect())
}
