//! Rooms. A room's row is written when something first happens there, and is the lock of all that does.

use std::collections::HashMap;

use entity::chat_rooms::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::app::App;
use crate::chat::model::{Room, RoomState};
use crate::db::Tx;
use crate::kernel::{ChatRoomId, Error, PublicId, Result, WorkshopSessionId};

use super::unreadable;

impl TryFrom<Model> for Room {
    type Error = Error;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: ChatRoomId(row.session_id),
            state: RoomState::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            slow_mode_seconds: row.slow_mode_seconds,
            last_sequence: row.last_sequence,
        })
    }
}

/// A session's room, also one in which nothing has happened.
pub async fn room(conn: &impl ConnectionTrait, id: ChatRoomId) -> Result<Room> {
    let row = Entity::find_by_id(id.uuid()).one(conn).await?;
    row.map_or_else(|| Ok(Room::untouched(WorkshopSessionId(id.0))), Room::try_from)
}

/// Many rooms in which something has happened.
pub async fn by_ids(app: &App, ids: &[ChatRoomId]) -> Result<HashMap<ChatRoomId, Room>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = Entity::find().filter(Column::SessionId.is_in(keys)).all(app.db.read()).await?;
    rows.into_iter().map(|row| Ok((ChatRoomId(row.session_id), Room::try_from(row)?))).collect()
}

/// A room, locked until the change commits; its row is written if this is the first change there.
pub async fn lock(tx: &Tx, id: ChatRoomId) -> Result<Room> {
    if let Some(row) = Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await? {
        return row.try_into();
    }
    let new = Room::untouched(WorkshopSessionId(id.0));
    let row = ActiveModel {
        session_id: Set(id.uuid()),
        state: Set(new.state.name().to_owned()),
        slow_mode_seconds: Set(new.slow_mode_seconds),
        last_sequence: Set(new.last_sequence),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let once = OnConflict::column(Column::SessionId).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await?;
    let row = Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    row.ok_or_else(|| unreadable("a room is not there after it was written"))?.try_into()
}

/// Writes who may write, and how often.
pub async fn set_rules(tx: &Tx, id: ChatRoomId, state: RoomState, slow_mode_seconds: i32) -> Result<()> {
    let to = ActiveModel {
        session_id: Set(id.uuid()),
        state: Set(state.name().to_owned()),
        slow_mode_seconds: Set(slow_mode_seconds),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    Entity::update(to).exec(tx.conn()).await?;
    Ok(())
}
