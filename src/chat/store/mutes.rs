//! Who may not write for a while.

use std::collections::HashMap;

use entity::chat_mutes::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::app::App;
use crate::db::{Tx, any_pair};
use crate::kernel::{ChatRoomId, Instant, PublicId, Result, UserId};

/// Until when somebody is muted, if they are at `now`.
pub async fn muted_until(
    conn: &impl ConnectionTrait,
    room: ChatRoomId,
    user: UserId,
    now: Instant,
) -> Result<Option<Instant>> {
    let row = Entity::find_by_id((room.uuid(), user.uuid())).one(conn).await?;
    Ok(row.map(|row| row.muted_until).filter(|until| *until > now))
}

/// Until when people are or were muted.
pub async fn muted_of_pairs(
    app: &App,
    pairs: &[(UserId, ChatRoomId)],
) -> Result<HashMap<(UserId, ChatRoomId), Instant>> {
    let keys = pairs.iter().map(|(user, room)| (user.uuid(), room.uuid()));
    let any = any_pair(Column::UserId, Column::RoomId, keys);
    let rows = Entity::find().filter(any).all(app.db.read()).await?;
    Ok(rows
        .into_iter()
        .map(|row| ((UserId(row.user_id), ChatRoomId(row.room_id)), row.muted_until))
        .collect())
}

/// Everybody who is muted in a room at `now`.
pub async fn mutes(
    conn: &impl ConnectionTrait,
    room: ChatRoomId,
    now: Instant,
) -> Result<HashMap<UserId, Instant>> {
    let rows = Entity::find()
        .filter(Column::RoomId.eq(room.uuid()))
        .filter(Column::MutedUntil.gt(now))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.user_id), row.muted_until)).collect())
}

/// Writes until when somebody is muted.
pub async fn set_mute(tx: &Tx, room: ChatRoomId, user: UserId, until: Instant, by: UserId) -> Result<()> {
    let row = ActiveModel {
        room_id: Set(room.uuid()),
        user_id: Set(user.uuid()),
        muted_until: Set(until),
        muted_by: Set(by.uuid()),
    };
    let again = OnConflict::columns([Column::RoomId, Column::UserId])
        .update_columns([Column::MutedUntil, Column::MutedBy])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}
