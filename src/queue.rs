//! Jobs that commit with the change that caused them.
//!
//! At least once: a job whose worker dies is claimed again when its lease ends, so no job may be harmful when run
//! twice. A job carries ids only. What fails is retried with growing pauses; what keeps failing stays as DEAD, where a
//! person can see it (`atelier doctor`) and send it off again. Why the table is ours: docs/decisions/0005.

use std::collections::BTreeSet;
use std::panic::Location;

use chrono::Duration;
use entity::jobs;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    FromQueryResult, QueryFilter, sea_query::OnConflict,
};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{self, Db};
use crate::kernel::{Entropy, Error, Instant, Result};

/// How long a worker may hold a job before another may take it. Long jobs have it renewed while they run.
pub const LEASE: Duration = Duration::minutes(2);
const MAX_ATTEMPTS: i32 = 12;
/// How many jobs a claim takes, all of which run at once.
const CLAIM_AT_ONCE: i64 = 16;

/// Twelve values a row, of which SQLite takes 32,766 in a statement.
const ROWS_AT_ONCE: usize = 500;

/// Work to do after a commit.
#[derive(Clone, Debug)]
pub struct Job {
    kind: &'static str,
    payload: Value,
    unique_key: Option<String>,
    run_at: Option<Instant>,
}

impl Job {
    /// `kind` names the handler (`mail.send`); the payload holds ids.
    pub fn new(kind: &'static str, payload: Value) -> Self {
        Self { kind, payload, unique_key: None, run_at: None }
    }

    /// At most one job with this key for as long as done jobs are kept (30 days); a second one is silently the same.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }

    /// Not before this instant.
    pub fn not_before(mut self, at: Instant) -> Self {
        self.run_at = Some(at);
        self
    }
}

/// A job somebody is working on.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Claimed {
    /// The row.
    pub id: Uuid,
    /// Names the handler.
    pub kind: String,
    /// Ids.
    pub payload: Value,
    /// This attempt, from 1.
    pub attempts: i32,
    /// When to give up.
    pub max_attempts: i32,
    /// Since when it is due.
    pub run_at: Instant,
}

/// Writes jobs inside the transaction that causes them, in as few statements as the databases' limits allow. They are claimed in the order in which they
/// were asked for: each is due a microsecond behind the one before.
pub async fn insert(conn: &DatabaseTransaction, jobs: &[Job], now: Instant, entropy: &Entropy) -> Result<()> {
    for (first, some) in (0..).step_by(ROWS_AT_ONCE).zip(jobs.chunks(ROWS_AT_ONCE)) {
        insert_some(conn, some, first, now, entropy).await?;
    }
    Ok(())
}

async fn insert_some(
    conn: &DatabaseTransaction,
    jobs: &[Job],
    first: i64,
    now: Instant,
    entropy: &Entropy,
) -> Result<()> {
    let rows = (first..).zip(jobs).map(|(place, job)| jobs::ActiveModel {
        id: Set(entropy.id(now)),
        kind: Set(job.kind.to_owned()),
        payload: Set(job.payload.clone()),
        unique_key: Set(job.unique_key.clone()),
        state: Set("QUEUED".to_owned()),
        attempts: Set(0),
        max_attempts: Set(MAX_ATTEMPTS),
        run_at: Set(job.run_at.unwrap_or(now + Duration::microseconds(place))),
        lease_until: Set(None),
        last_error: Set(None),
        created_at: Set(now),
        finished_at: Set(None),
    });
    jobs::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(jobs::Column::UniqueKey).do_nothing().to_owned())
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// The topic (`wakes`) of all jobs in this process.
pub const WORK: &str = "jobs";

/// The topic of jobs of one kind.
pub fn work_of(kind: &str) -> String {
    format!("{WORK}:{kind}")
}

/// Whom to wake for these once they are there. A missed wake-up costs a round of waiting, never a job.
pub fn wakes(jobs: &[Job]) -> BTreeSet<String> {
    jobs.iter().flat_map(|job| [WORK.to_owned(), work_of(job.kind)]).collect()
}

/// Which jobs a claim is for.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'k> {
    /// A handful of all but these kinds.
    Except(&'k [&'static str]),
    /// One of these kinds.
    OneOf(&'k [&'static str]),
}

/// Takes due jobs, and those whose worker vanished; no two callers get the same one.
pub async fn claim(db: &Db, wanted: Wanted<'_>, now: Instant) -> Result<Vec<Claimed>> {
    let (text, binds) = (claiming(db, wanted), bound(wanted, CLAIM_AT_ONCE.min(db.at_once()), now));
    let claiming =
        async { Ok(Claimed::find_by_statement(db::sql(db.backend(), &text, binds)).all(db.read()).await?) };
    let mut rows = db.steps().take(Location::caller(), claiming).await?;
    rows.sort_by_key(|job| job.run_at);
    Ok(rows)
}

fn claiming(db: &Db, wanted: Wanted<'_>) -> String {
    let (word, kinds) = match wanted {
        Wanted::Except(kinds) => ("NOT IN", kinds),
        Wanted::OneOf(kinds) => ("IN", kinds),
    };
    let places: Vec<String> = (0..kinds.len()).map(|at| format!("${}", at + 4)).collect();
    let which =
        if kinds.is_empty() { String::new() } else { format!("kind {word} ({}) AND", places.join(", ")) };
    format!(
        "UPDATE jobs SET state = 'RUNNING', attempts = attempts + 1, lease_until = $1 WHERE id IN (
             SELECT id FROM jobs
             WHERE {which} ((state = 'QUEUED' AND run_at <= $2) OR (state = 'RUNNING' AND lease_until < $2))
             ORDER BY run_at, id LIMIT $3 {}
         ) RETURNING id, kind, payload, attempts, max_attempts, run_at",
        db::skip_locked(db.backend())
    )
}

fn bound(wanted: Wanted<'_>, most: i64, now: Instant) -> Vec<sea_orm::Value> {
    let (most, kinds) = match wanted {
        Wanted::Except(kinds) => (most, kinds),
        Wanted::OneOf(kinds) => (1, kinds),
    };
    let mut binds = vec![(now + LEASE).into(), now.into(), most.into()];
    binds.extend(kinds.iter().map(|kind| sea_orm::Value::from(*kind)));
    binds
}

/// Holds a job longer, because its work goes on; false if somebody else holds it by now, or it is settled.
pub async fn renew(db: &Db, job: &Claimed, now: Instant) -> Result<bool> {
    let renewed = jobs::Entity::update_many()
        .set(jobs::ActiveModel { lease_until: Set(Some(now + LEASE)), ..Default::default() })
        .filter(jobs::Column::Id.eq(job.id))
        .filter(jobs::Column::Attempts.eq(job.attempts))
        .filter(jobs::Column::State.eq("RUNNING"))
        .exec(db.read())
        .await?;
    Ok(renewed.rows_affected == 1)
}

/// Marks a job as done.
pub async fn finish(db: &Db, job: &Claimed, now: Instant) -> Result<()> {
    settle(db, job, done(now)).await
}

/// Marks jobs that were claimed together as done, in one statement.
pub async fn finish_all(db: &Db, done_jobs: &[Claimed], now: Instant) -> Result<()> {
    if done_jobs.is_empty() {
        return Ok(());
    }
    let held = done_jobs.iter().fold(Condition::any(), |any, job| {
        let one = Condition::all().add(jobs::Column::Id.eq(job.id));
        any.add(one.add(jobs::Column::Attempts.eq(job.attempts)))
    });
    let finishing = jobs::Entity::update_many()
        .set(done(now))
        .filter(held)
        .filter(jobs::Column::State.eq("RUNNING"))
        .exec(db.read());
    db.steps().take(Location::caller(), async { Ok(finishing.await.map(drop)?) }).await
}

fn done(now: Instant) -> jobs::ActiveModel {
    jobs::ActiveModel {
        state: Set("DONE".to_owned()),
        lease_until: Set(None),
        last_error: Set(None),
        finished_at: Set(Some(now)),
        ..Default::default()
    }
}

/// Puts a failed job back for later, or declares it dead.
pub async fn fail(db: &Db, job: &Claimed, error: &Error, now: Instant) -> Result<()> {
    let dead = job.attempts >= job.max_attempts || matches!(error, Error::Refused(_) | Error::Denied(_));
    let change = jobs::ActiveModel {
        state: Set(if dead { "DEAD" } else { "QUEUED" }.to_owned()),
        run_at: Set(now + pause(job.attempts)),
        lease_until: Set(None),
        last_error: Set(Some(error.to_string().chars().take(1000).collect())),
        ..Default::default()
    };
    settle(db, job, change).await
}

/// Gives a job back untouched, as a stopping worker does.
pub async fn give_back(db: &Db, job: &Claimed, now: Instant) -> Result<()> {
    let change = jobs::ActiveModel {
        state: Set("QUEUED".to_owned()),
        attempts: Set(job.attempts - 1),
        run_at: Set(now),
        lease_until: Set(None),
        ..Default::default()
    };
    settle(db, job, change).await
}

/// Only the holder of this attempt may settle it: a worker that was too slow changes nothing.
async fn settle(db: &Db, job: &Claimed, change: jobs::ActiveModel) -> Result<()> {
    let settling = jobs::Entity::update_many()
        .set(change)
        .filter(jobs::Column::Id.eq(job.id))
        .filter(jobs::Column::Attempts.eq(job.attempts))
        .filter(jobs::Column::State.eq("RUNNING"))
        .exec(db.read());
    db.steps().take(Location::caller(), async { Ok(settling.await.map(drop)?) }).await
}

/// 5 s, 10 s, 20 s … up to an hour: a dozen tries span about five hours.
fn pause(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(10);
    Duration::seconds((5 * 2_i64.pow(doublings)).min(3600))
}

/// Forgets jobs that were done long ago.
pub async fn prune(db: &Db, before: Instant) -> Result<u64> {
    let gone = jobs::Entity::delete_many()
        .filter(jobs::Column::State.eq("DONE"))
        .filter(jobs::Column::FinishedAt.lt(before))
        .exec(db.read())
        .await?;
    Ok(gone.rows_affected)
}

/// Inserts a timetable's job outside any other change; a second call with the same key does nothing.
pub async fn enqueue_alone(db: &Db, job: Job, now: Instant, entropy: &Entropy) -> Result<()> {
    let mut tx = db.begin(now, entropy.clone()).await?;
    tx.enqueue(job);
    tx.commit().await
}

/// How many jobs are in `state`.
pub async fn count(db: &Db, state: &str) -> Result<i64> {
    let text = "SELECT COUNT(*) AS n FROM jobs WHERE state = $1";
    let row = db.read().query_one_raw(db::sql(db.backend(), text, [state.into()])).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0))
}
