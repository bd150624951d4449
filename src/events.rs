//! The ordered log of what happened. Live features, notifications and caches read it by cursor.
//!
//! Written in the transaction of the change, append-only, in commit order. An event carries ids, never contents.

use entity::events;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};

use crate::db::{self, Db};
use crate::kernel::{CreatorId, Entropy, Instant, PublicId, Result, UserId};

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    kind: &'static str,
    subject: String,
    creator: Option<CreatorId>,
    user: Option<UserId>,
    data: Value,
}

impl Event {
    /// `kind` (`order.paid`) happened to the thing with this id.
    pub fn new(kind: &'static str, subject: impl PublicId) -> Self {
        Self { kind, subject: subject.to_string(), creator: None, user: None, data: json!({}) }
    }

    /// Whose studio may see it.
    pub fn of_creator(mut self, creator: CreatorId) -> Self {
        self.creator = Some(creator);
        self
    }

    /// Whose account it concerns.
    pub fn of_user(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    /// Other ids it concerns.
    pub fn with(mut self, name: &str, id: impl PublicId) -> Self {
        self.data[name] = Value::String(id.to_string());
        self
    }
}

/// Writes events as the last thing before a commit.
pub async fn append(
    conn: &DatabaseTransaction,
    events: &[Event],
    now: Instant,
    entropy: &Entropy,
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    db::lock_event_log(conn).await?;
    let rows = events.iter().map(|event| events::ActiveModel {
        sequence: NotSet,
        id: Set(entropy.id(now)),
        kind: Set(event.kind.to_owned()),
        subject: Set(event.subject.clone()),
        creator_id: Set(event.creator.map(PublicId::uuid)),
        user_id: Set(event.user.map(PublicId::uuid)),
        data: Set(event.data.clone()),
        occurred_at: Set(now),
    });
    events::Entity::insert_many(rows).exec_without_returning(conn).await?;
    Ok(())
}

/// Up to `limit` events after `sequence`, oldest first.
pub async fn after(db: &Db, sequence: i64, limit: u64) -> Result<Vec<events::Model>> {
    let rows = events::Entity::find()
        .filter(events::Column::Sequence.gt(sequence))
        .order_by_asc(events::Column::Sequence)
        .limit(limit)
        .all(db.read())
        .await?;
    Ok(rows)
}
