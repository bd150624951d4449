//! The ordered log of what happened. Live features, notifications and caches read it by cursor.
//!
//! Written in the transaction of the change, append-only, in commit order. An event carries ids, never contents.

use entity::events;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde_json::{Value, json};

use crate::db::{self, Db};
use crate::kernel::{CreatorId, Entropy, Instant, PublicId, Result, UserId};

/// Kinds that somebody is told of live: their commit wakes whom they concern, and only they are read. A kind that an audience
/// understands must be here.
const TOLD: [&str; 8] = [
    "account.password_changed",
    "account.token_copied",
    "asset.",
    "checkout.",
    "order.paid",
    "refund_request.opened",
    "seat.",
    "session.revoked",
];

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

    /// Who is woken by it.
    pub fn topics(&self) -> impl Iterator<Item = String> {
        let is_told = TOLD.iter().any(|kind| self.kind.starts_with(kind));
        let (account, studio) = (self.user.map(Whose::Account), self.creator.map(Whose::Studio));
        account.into_iter().chain(studio).filter(move |_| is_told).map(Whose::topic)
    }
}

/// Whose part of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// What concerns an account.
    Account(UserId),
    /// What a creator's team may see.
    Studio(CreatorId),
}

impl Whose {
    /// What is said when something was added to this part.
    pub fn topic(self) -> String {
        match self {
            Self::Account(user) => format!("account:{user}"),
            Self::Studio(creator) => format!("studio:{creator}"),
        }
    }

    /// What somebody is told of: everything else may be many lines.
    fn told(self) -> Select<events::Entity> {
        let kinds =
            TOLD.iter().fold(Condition::any(), |any, kind| any.add(events::Column::Kind.starts_with(*kind)));
        self.part().filter(kinds)
    }

    fn part(self) -> Select<events::Entity> {
        let all = events::Entity::find();
        match self {
            Self::Account(user) => all.filter(events::Column::UserId.eq(user.uuid())),
            Self::Studio(creator) => all.filter(events::Column::CreatorId.eq(creator.uuid())),
        }
    }
}

/// Writes events as the last thing before a commit. On PostgreSQL the table itself lets one change after the other write (migration 93);
/// SQLite has one writer anyway.
pub async fn append(
    conn: &DatabaseTransaction,
    events: &[Event],
    now: Instant,
    entropy: &Entropy,
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
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

/// A sentence if an event could be missed.
pub async fn broken(db: &Db) -> Result<Vec<String>> {
    let says = "events may commit in another order than that of their sequence, so that whoever reads the log misses some: \
        the trigger events_in_order is gone or switched off. Stop the servers, run `ALTER TABLE events ENABLE TRIGGER \
        events_in_order` (or `atelier migrate`), and start them again.";
    Ok(if db.orders_events().await? { Vec::new() } else { vec![says.to_owned()] })
}

/// An event as those read it who only need to know whose things changed.
pub struct Told {
    /// Its place in the log.
    pub sequence: i64,
    /// What happened: `course.updated`.
    pub kind: String,
    /// To something of whom.
    pub creator: Option<CreatorId>,
    /// Whose account it concerns.
    pub user: Option<UserId>,
}

/// Up to `limit` events after `sequence`, oldest first.
pub async fn since(db: &Db, sequence: i64, limit: u64) -> Result<Vec<Told>> {
    let text = "SELECT sequence, kind, creator_id, user_id FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db.read().query_all_raw(db::sql(db.backend(), text, [sequence.into(), limit.into()])).await?;
    let told = rows.into_iter().map(|row| {
        let creator: Option<uuid::Uuid> = row.try_get("", "creator_id")?;
        let user: Option<uuid::Uuid> = row.try_get("", "user_id")?;
        let (creator, user) = (creator.map(CreatorId::of), user.map(UserId::of));
        Ok(Told { sequence: row.try_get("", "sequence")?, kind: row.try_get("", "kind")?, creator, user })
    });
    told.collect()
}

/// The place of the newest event; 0 while there is none.
pub async fn last(db: &Db) -> Result<i64> {
    let newest = events::Entity::find().select_only().column_as(events::Column::Sequence.max(), "newest");
    let newest: Option<Option<i64>> = newest.into_tuple().one(db.read()).await?;
    Ok(newest.flatten().unwrap_or(0))
}

/// A line of the log as those read it who are told of what happens.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its place in the log.
    pub sequence: i64,
    /// What happened.
    pub kind: String,
    subject: String,
    data: Value,
}

impl Line {
    /// The thing it happened to, if that is such a thing.
    pub fn subject<T: PublicId>(&self) -> Option<T> {
        self.subject.parse().ok()
    }

    /// Another thing it concerns, by its name.
    pub fn named<T: PublicId>(&self, name: &str) -> Option<T> {
        self.data[name].as_str()?.parse().ok()
    }
}

impl From<events::Model> for Line {
    fn from(row: events::Model) -> Self {
        Self { sequence: row.sequence, kind: row.kind, subject: row.subject, data: row.data }
    }
}

/// Up to `limit` lines of one part after `sequence` that somebody is told of, oldest first: read by an index of that part.
pub async fn of(db: &Db, whose: Whose, sequence: i64, limit: u64) -> Result<Vec<Line>> {
    let after = whose.told().filter(events::Column::Sequence.gt(sequence));
    let rows = after.order_by_asc(events::Column::Sequence).limit(limit).all(db.read()).await?;
    Ok(rows.into_iter().map(Line::from).collect())
}

/// The place in the log behind which all lines of one part stand that are younger than `moment` and somebody is told of, or the
/// last `limit` of them if those are more. A change that waited for its turn is older than some that stand before it.
pub async fn until(db: &Db, whose: Whose, moment: Instant, limit: u64) -> Result<i64> {
    let newest: Vec<(i64, Instant)> = whose
        .told()
        .select_only()
        .columns([events::Column::Sequence, events::Column::OccurredAt])
        .order_by_desc(events::Column::Sequence)
        .limit(limit + 1)
        .into_tuple()
        .all(db.read())
        .await?;
    let younger = newest.iter().rposition(|(_, at)| *at > moment).map_or(0, |place| place + 1);
    let more = newest.last().filter(|_| newest.len() as u64 > limit);
    Ok(newest.get(younger).or(more).map_or(0, |(sequence, _)| *sequence))
}

/// The newest line of one part that is of one of these kinds.
pub async fn newest(db: &Db, whose: Whose, kinds: &[&str]) -> Result<Option<Line>> {
    let some = whose.part().filter(events::Column::Kind.is_in(kinds.iter().copied()));
    Ok(some.order_by_desc(events::Column::Sequence).one(db.read()).await?.map(Line::from))
}
