//! Messages.

use std::collections::HashMap;

use entity::chat_messages::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::chat::model::Message;
use crate::db::Tx;
use crate::kernel::{ChatMessageId, ChatRoomId, Instant, PublicId, Result, UserId};

impl From<Model> for Message {
    fn from(row: Model) -> Self {
        Self {
            id: ChatMessageId(row.id),
            room: ChatRoomId(row.room_id),
            sequence: row.sequence,
            client_message_id: row.client_message_id,
            author: UserId(row.author_id),
            is_host: row.is_host,
            body: row.body,
            reply_to: row.reply_to_id.map(ChatMessageId),
            sent_at: row.sent_at,
            is_removed: row.removed_at.is_some(),
        }
    }
}

/// A message to write.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Key.
    pub id: ChatMessageId,
    /// Where.
    pub room: ChatRoomId,
    /// Made by the author's client.
    pub client_message_id: Uuid,
    /// Who says it.
    pub author: UserId,
    /// Whether as a host.
    pub is_host: bool,
    /// What.
    pub body: String,
    /// What it answers.
    pub reply_to: Option<ChatMessageId>,
}

/// Writes a message at its place in the log.
pub async fn insert(tx: &Tx, new: NewMessage, sequence: i64) -> Result<Message> {
    let row = Model {
        id: new.id.uuid(),
        room_id: new.room.uuid(),
        sequence,
        client_message_id: new.client_message_id,
        author_id: new.author.uuid(),
        is_host: new.is_host,
        body: new.body,
        reply_to_id: new.reply_to.map(PublicId::uuid),
        sent_at: tx.now(),
        removed_at: None,
        removed_by: None,
    };
    Entity::insert(ActiveModel::from(row.clone())).exec_without_returning(tx.conn()).await?;
    Ok(row.into())
}

/// A message by key, also a removed one.
pub async fn message(conn: &impl ConnectionTrait, id: ChatMessageId) -> Result<Option<Message>> {
    Ok(Entity::find_by_id(id.uuid()).one(conn).await?.map(Message::from))
}

/// Many messages by key, also removed ones.
pub async fn by_ids(app: &App, ids: &[ChatMessageId]) -> Result<HashMap<ChatMessageId, Message>> {
    let rows =
        Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(app.db.read()).await?;
    Ok(rows.into_iter().map(|row| (ChatMessageId(row.id), row.into())).collect())
}

/// What a client said under this key of its own.
pub async fn of_client(
    tx: &Tx,
    room: ChatRoomId,
    author: UserId,
    client_message_id: Uuid,
) -> Result<Option<Message>> {
    let row = Entity::find()
        .filter(Column::RoomId.eq(room.uuid()))
        .filter(Column::AuthorId.eq(author.uuid()))
        .filter(Column::ClientMessageId.eq(client_message_id))
        .one(tx.conn())
        .await?;
    Ok(row.map(Message::from))
}

/// When somebody last said something in a room.
pub async fn last_of(tx: &Tx, room: ChatRoomId, author: UserId) -> Result<Option<Instant>> {
    let row = Entity::find()
        .filter(Column::RoomId.eq(room.uuid()))
        .filter(Column::AuthorId.eq(author.uuid()))
        .order_by_desc(Column::Sequence)
        .one(tx.conn())
        .await?;
    Ok(row.map(|row| row.sent_at))
}

/// Whether somebody has ever said something in a room.
pub async fn wrote_in(conn: &impl ConnectionTrait, room: ChatRoomId, author: UserId) -> Result<bool> {
    let theirs = Entity::find()
        .filter(Column::RoomId.eq(room.uuid()))
        .filter(Column::AuthorId.eq(author.uuid()))
        .limit(1);
    Ok(theirs.count(conn).await? > 0)
}

/// Takes a message's words away.
pub async fn remove(tx: &Tx, id: ChatMessageId, by: UserId) -> Result<()> {
    let to = ActiveModel {
        id: Set(id.uuid()),
        body: Set(String::new()),
        removed_at: Set(Some(tx.now())),
        removed_by: Set(Some(by.uuid())),
        ..Default::default()
    };
    Entity::update(to).exec(tx.conn()).await?;
    Ok(())
}

/// Which messages of a room are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Behind this place in the log.
    pub after: Option<i64>,
    /// Before this one.
    pub before: Option<i64>,
    /// At most so many.
    pub most: u64,
    /// Counted from the end, not from the beginning.
    pub from_end: bool,
}

/// Messages of a room that were not removed, the oldest first; and whether there are more in the direction of counting.
pub async fn page(conn: &impl ConnectionTrait, room: ChatRoomId, span: Span) -> Result<(Vec<Message>, bool)> {
    let mut query = Entity::find().filter(Column::RoomId.eq(room.uuid())).filter(Column::RemovedAt.is_null());
    if let Some(after) = span.after {
        query = query.filter(Column::Sequence.gt(after));
    }
    if let Some(before) = span.before {
        query = query.filter(Column::Sequence.lt(before));
    }
    let order = if span.from_end { Order::Desc } else { Order::Asc };
    let rows = query.order_by(Column::Sequence, order).limit(span.most + 1).all(conn).await?;
    let mut messages: Vec<Message> = rows.into_iter().map(Message::from).collect();
    let most = usize::try_from(span.most).unwrap_or(usize::MAX);
    let has_more = messages.len() > most;
    messages.truncate(most);
    if span.from_end {
        messages.reverse();
    }
    Ok((messages, has_more))
}
