//! Emoji under messages.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::chat_reactions::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::app::App;
use crate::chat::model::Tally;
use crate::db::{Tx, any_pair};
use crate::kernel::{ChatMessageId, PublicId, Result, UserId};

/// Puts somebody's emoji under a message or takes it away; whether that changed something.
pub async fn set(tx: &Tx, message: ChatMessageId, user: UserId, emoji: &str, on: bool) -> Result<bool> {
    if !on {
        let gone = Entity::delete_by_id((message.uuid(), user.uuid(), emoji.to_owned()));
        return Ok(gone.exec(tx.conn()).await?.rows_affected > 0);
    }
    let row = ActiveModel {
        message_id: Set(message.uuid()),
        user_id: Set(user.uuid()),
        emoji: Set(emoji.to_owned()),
        created_at: Set(tx.now()),
    };
    let once =
        OnConflict::columns([Column::MessageId, Column::UserId, Column::Emoji]).do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await? > 0)
}

/// The emoji under a message.
pub async fn emoji_under(conn: &impl ConnectionTrait, message: ChatMessageId) -> Result<HashSet<String>> {
    let rows: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Emoji)
        .filter(Column::MessageId.eq(message.uuid()))
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Takes everything away that is under a message.
pub async fn forget(tx: &Tx, message: ChatMessageId) -> Result<()> {
    Entity::delete_many().filter(Column::MessageId.eq(message.uuid())).exec(tx.conn()).await?;
    Ok(())
}

/// Who put what under messages, in order of the emoji.
pub async fn tallies(
    conn: &impl ConnectionTrait,
    messages: &[ChatMessageId],
) -> Result<HashMap<ChatMessageId, Vec<Tally>>> {
    let rows: Vec<(Uuid, String, Uuid)> = Entity::find()
        .select_only()
        .column(Column::MessageId)
        .column(Column::Emoji)
        .column(Column::UserId)
        .filter(Column::MessageId.is_in(messages.iter().map(|id| id.uuid())))
        .into_tuple()
        .all(conn)
        .await?;
    let mut found: HashMap<ChatMessageId, BTreeMap<String, HashSet<UserId>>> = HashMap::new();
    for (message, emoji, user) in rows {
        let under = found.entry(ChatMessageId(message)).or_default();
        under.entry(emoji).or_default().insert(UserId(user));
    }
    let told = |under: BTreeMap<String, HashSet<UserId>>| {
        under.into_iter().map(|(emoji, by)| Tally { emoji, by }).collect()
    };
    Ok(found.into_iter().map(|(message, under)| (message, told(under))).collect())
}

/// How often each emoji is under messages, in order of the emoji.
pub async fn counts(
    app: &App,
    messages: &[ChatMessageId],
) -> Result<HashMap<ChatMessageId, Vec<(String, i64)>>> {
    let rows: Vec<(Uuid, String, i64)> = Entity::find()
        .select_only()
        .column(Column::MessageId)
        .column(Column::Emoji)
        .column_as(Column::UserId.count(), "n")
        .filter(Column::MessageId.is_in(messages.iter().map(|id| id.uuid())))
        .group_by(Column::MessageId)
        .group_by(Column::Emoji)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let mut found: HashMap<ChatMessageId, Vec<(String, i64)>> = HashMap::new();
    for (message, emoji, n) in rows {
        found.entry(ChatMessageId(message)).or_default().push((emoji, n));
    }
    // The databases sort emoji differently.
    found.values_mut().for_each(|under| under.sort());
    Ok(found)
}

/// What people put under messages themselves.
pub async fn of_pairs(
    app: &App,
    pairs: &[(UserId, ChatMessageId)],
) -> Result<HashMap<(UserId, ChatMessageId), HashSet<String>>> {
    let keys = pairs.iter().map(|(user, message)| (user.uuid(), message.uuid()));
    let any = any_pair(Column::UserId, Column::MessageId, keys);
    let rows = Entity::find().filter(any).all(app.db.read()).await?;
    let mut found: HashMap<_, HashSet<String>> = HashMap::new();
    for row in rows {
        found.entry((UserId(row.user_id), ChatMessageId(row.message_id))).or_default().insert(row.emoji);
    }
    Ok(found)
}
