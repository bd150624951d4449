//! The ordered log of what happened. Live features, notifications and caches read it by cursor.
//!
//! Written in the transaction of the change, append-only, in commit order. An event carries ids, never contents.

use entity::events;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QuerySelect,
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

/// An event as those read it who only need to know whose things changed.
pub struct Told {
    /// Its place in the log.
    pub sequence: i64,
    /// What happened: `course.updated`.
    pub kind: String,
    /// To something of whom.
    pub creator: Option<CreatorId>,
}

/// Up to `limit` events after `sequence`, oldest first.
pub async fn since(db: &Db, sequence: i64, limit: u64) -> Result<Vec<Told>> {
    let text = "SELECT sequence, kind, creator_id FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db.read().query_all_raw(db::sql(db.backend(), text, [sequence.into(), limit.into()])).await?;
    let told = rows.into_iter().map(|row| {
        let creator: Option<uuid::Uuid> = row.try_get("", "creator_id")?;
        let creator = creator.map(CreatorId::of);
        Ok(Told { sequence: row.try_get("", "sequence")?, kind: row.try_get("", "kind")?, creator })
    });
    told.collect()
}

/// The place of the newest event; 0 while there is none.
pub async fn last(db: &Db) -> Result<i64> {
    let newest = events::Entity::find().select_only().column_as(events::Column::Sequence.max(), "newest");
    let newest: Option<Option<i64>> = newest.into_tuple().one(db.read()).await?;
    Ok(newest.flatten().unwrap_or(0))
}
