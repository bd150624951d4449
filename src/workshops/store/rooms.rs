//! Rooms of our own, and LiveKit's events.

use entity::{live_rooms, livekit_events};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};

use crate::db::{Db, Tx};
use crate::kernel::{Instant, PublicId, Result, WorkshopSessionId};

/// Gives a session a room of this name, unless it has one.
pub async fn open_room(tx: &Tx, session: WorkshopSessionId, room: String) -> Result<()> {
    let row = live_rooms::ActiveModel {
        session_id: Set(session.uuid()),
        room: Set(room),
        created_at: Set(tx.now()),
        entered_at: Set(None),
    };
    let kept = OnConflict::column(live_rooms::Column::SessionId).do_nothing().to_owned();
    live_rooms::Entity::insert(row).on_conflict(kept).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The name of a session's room.
pub async fn room_of(conn: &impl ConnectionTrait, session: WorkshopSessionId) -> Result<Option<String>> {
    Ok(live_rooms::Entity::find_by_id(session.uuid()).one(conn).await?.map(|row| row.room))
}

/// Notes that somebody was let into a session's room.
pub async fn set_entered(tx: &Tx, session: WorkshopSessionId) -> Result<()> {
    let entered = live_rooms::ActiveModel { entered_at: Set(Some(tx.now())), ..Default::default() };
    live_rooms::Entity::update_many()
        .set(entered)
        .filter(live_rooms::Column::SessionId.eq(session.uuid()))
        .filter(live_rooms::Column::EnteredAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Whether anybody was ever let into a session's room.
pub async fn was_entered(tx: &Tx, session: WorkshopSessionId) -> Result<bool> {
    let row = live_rooms::Entity::find_by_id(session.uuid()).one(tx.conn()).await?;
    Ok(row.is_some_and(|row| row.entered_at.is_some()))
}

/// The session whose room has this name.
pub async fn session_of_room(conn: &impl ConnectionTrait, room: &str) -> Result<Option<WorkshopSessionId>> {
    let row = live_rooms::Entity::find().filter(live_rooms::Column::Room.eq(room)).one(conn).await?;
    Ok(row.map(|row| WorkshopSessionId(row.session_id)))
}

/// Notes that LiveKit told of an event; false if it had told before.
pub async fn note_event(tx: &Tx, id: &str, event: &str) -> Result<bool> {
    let row = livekit_events::ActiveModel {
        id: Set(id.to_owned()),
        event: Set(event.to_owned()),
        received_at: Set(tx.now()),
    };
    let known = OnConflict::column(livekit_events::Column::Id).do_nothing().to_owned();
    let noted = livekit_events::Entity::insert(row).on_conflict(known);
    Ok(noted.exec_without_returning(tx.conn()).await? > 0)
}

/// Forgets events that were told of before then.
pub async fn forget_events(db: &Db, before: Instant) -> Result<()> {
    let old = livekit_events::Entity::delete_many().filter(livekit_events::Column::ReceivedAt.lt(before));
    old.exec(db.read()).await?;
    Ok(())
}
