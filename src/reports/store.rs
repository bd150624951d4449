//! Exports in the database, and the figures they are made of, page by page.

mod attendance;
mod figures;

use entity::report_exports as exports;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::{Db, Tx};
use crate::kernel::{CreatorId, Error, Fault, Instant, PublicId, ReportExportId, Result, UserId};

use super::model::{Export, Kind, LIFE, State};

pub use figures::*;

/// How many exports are shown: a day's worth of an eager team.
const SHOWN: u64 = 100;
/// How many exports a round of the sweep ends.
const AT_ONCE: u64 = 200;

/// Writes an export that waits for its job.
pub async fn insert(
    tx: &Tx,
    creator: CreatorId,
    by: UserId,
    kind: Kind,
    (from, until): (Instant, Instant),
) -> Result<Export> {
    let id = ReportExportId(tx.id());
    let row = exports::ActiveModel {
        id: Set(id.uuid()),
        creator_id: Set(creator.uuid()),
        requested_by: Set(by.uuid()),
        kind: Set(kind.name().to_owned()),
        from_at: Set(from),
        until_at: Set(until),
        state: Set(State::Queued.name().to_owned()),
        row_count: Set(None),
        created_at: Set(tx.now()),
        finished_at: Set(None),
        expires_at: Set(None),
    };
    exports::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(Export { id, creator, kind, from, until, state: State::Queued, expires_at: None })
}

/// An export by key.
pub async fn export(conn: &impl ConnectionTrait, id: ReportExportId) -> Result<Option<Export>> {
    exports::Entity::find_by_id(id.uuid()).one(conn).await?.map(Export::try_from).transpose()
}

/// A creator's exports of these kinds, newest first.
pub async fn exports_of(db: &Db, creator: CreatorId, kinds: &[Kind]) -> Result<Vec<Export>> {
    let rows = exports::Entity::find()
        .filter(exports::Column::CreatorId.eq(creator.uuid()))
        .filter(exports::Column::Kind.is_in(kinds.iter().map(|kind| kind.name())))
        .order_by_desc(exports::Column::Id)
        .limit(SHOWN)
        .all(db.read())
        .await?;
    rows.into_iter().map(Export::try_from).collect()
}

/// Moves an export on; false if it is in none of these states.
async fn advance(
    conn: &impl ConnectionTrait,
    id: ReportExportId,
    from: &[State],
    change: exports::ActiveModel,
) -> Result<bool> {
    let moved = exports::Entity::update_many()
        .set(change)
        .filter(exports::Column::Id.eq(id.uuid()))
        .filter(exports::Column::State.is_in(from.iter().map(|state| state.name())))
        .exec(conn)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Begins to write a file, or begins again after a try that failed; false if nobody waits for it.
pub async fn set_running(tx: &Tx, id: ReportExportId) -> Result<bool> {
    let change = exports::ActiveModel { state: Set(State::Running.name().to_owned()), ..Default::default() };
    advance(tx.conn(), id, &[State::Queued, State::Running], change).await
}

/// The file is there; false if nobody waits for it any more.
pub async fn set_ready(tx: &Tx, id: ReportExportId, rows: i64) -> Result<bool> {
    let change = exports::ActiveModel {
        state: Set(State::Ready.name().to_owned()),
        row_count: Set(Some(rows)),
        finished_at: Set(Some(tx.now())),
        expires_at: Set(Some(tx.now() + LIFE)),
        ..Default::default()
    };
    advance(tx.conn(), id, &[State::Running], change).await
}

/// The file's time is over, or it was never made; false if that was known.
pub async fn set_over(tx: &Tx, export: &Export) -> Result<bool> {
    let over = if export.state == State::Ready { State::Expired } else { State::Failed };
    let mut change = exports::ActiveModel { state: Set(over.name().to_owned()), ..Default::default() };
    if over == State::Failed {
        change.finished_at = Set(Some(tx.now()));
    }
    advance(tx.conn(), export.id, &[export.state], change).await
}

/// Exports whose time is over at `now`, and those that were asked for before `given_up` and not made.
pub async fn overdue(db: &Db, now: Instant, given_up: Instant) -> Result<Vec<Export>> {
    let expired = Condition::all()
        .add(exports::Column::State.eq(State::Ready.name()))
        .add(exports::Column::ExpiresAt.lte(now));
    let abandoned = Condition::all()
        .add(exports::Column::State.is_in([State::Queued.name(), State::Running.name()]))
        .add(exports::Column::CreatedAt.lt(given_up));
    let rows = exports::Entity::find()
        .filter(Condition::any().add(expired).add(abandoned))
        .order_by_asc(exports::Column::Id)
        .limit(AT_ONCE)
        .all(db.read())
        .await?;
    rows.into_iter().map(Export::try_from).collect()
}

impl TryFrom<exports::Model> for Export {
    type Error = Error;

    fn try_from(row: exports::Model) -> Result<Self> {
        let unreadable = |word: &str| Error::Fault(Fault::new("reading an export", word));
        Ok(Self {
            id: ReportExportId(row.id),
            creator: CreatorId(row.creator_id),
            kind: Kind::of(&row.kind).ok_or_else(|| unreadable(&row.kind))?,
            from: row.from_at,
            until: row.until_at,
            state: State::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            expires_at: row.expires_at,
        })
    }
}
