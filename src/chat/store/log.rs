//! A room's log: written in the order in which it is committed, since the room is locked until then.

use entity::chat_events::{ActiveModel, Column, Entity};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::chat::model::{Logged, LoggedKind, topic};
use crate::db::{self, Tx};
use crate::kernel::{ChatMessageId, ChatRoomId, PublicId, Result};

use super::unreadable;

/// The room's next number. The caller holds its lock, and writes one line with it before the commit.
pub async fn next(tx: &Tx, room: ChatRoomId) -> Result<i64> {
    let text =
        "UPDATE chat_rooms SET last_sequence = last_sequence + 1, updated_at = $2 WHERE session_id = $1
         RETURNING last_sequence";
    let binds = [room.uuid().into(), tx.now().into()];
    let row = tx.conn().query_one_raw(db::sql(tx.conn().get_database_backend(), text, binds)).await?;
    Ok(row.ok_or_else(|| unreadable("a room without a row"))?.try_get("", "last_sequence")?)
}

/// Writes what happened, and wakes who follows the room.
pub async fn log(tx: &mut Tx, room: ChatRoomId, happened: Logged) -> Result<()> {
    let row = ActiveModel {
        room_id: Set(room.uuid()),
        sequence: Set(happened.sequence),
        kind: Set(happened.kind.name().to_owned()),
        message_id: Set(happened.kind.message().map(PublicId::uuid)),
        occurred_at: Set(tx.now()),
    };
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    tx.wake(topic(room));
    Ok(())
}

/// Writes what happened as the room's next line.
pub async fn append(tx: &mut Tx, room: ChatRoomId, kind: LoggedKind) -> Result<()> {
    let sequence = next(tx, room).await?;
    log(tx, room, Logged { sequence, kind }).await
}

/// What happened behind a number, in order, at most `limit` lines.
pub async fn after(
    conn: &impl ConnectionTrait,
    room: ChatRoomId,
    sequence: i64,
    limit: u64,
) -> Result<Vec<Logged>> {
    let rows = Entity::find()
        .filter(Column::RoomId.eq(room.uuid()))
        .filter(Column::Sequence.gt(sequence))
        .order_by_asc(Column::Sequence)
        .limit(limit)
        .all(conn)
        .await?;
    let read = |row: entity::chat_events::Model| {
        let kind = LoggedKind::of(&row.kind, row.message_id.map(ChatMessageId));
        let kind = kind.ok_or_else(|| unreadable(&row.kind))?;
        Ok(Logged { sequence: row.sequence, kind })
    };
    rows.into_iter().map(read).collect()
}
