//! The only way to read and to write; the one file that knows SQLite from PostgreSQL.
//!
//! A [`Tx`] is how anything changes: it carries the events and jobs of the change, and commits all of it or nothing.
//! On SQLite it begins IMMEDIATE (one writer at a time, no lock upgrade that fails); on PostgreSQL rows are locked
//! where they are read for a decision. Statements are counted, so that tests can say how few a page needs.

use std::collections::BTreeSet;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use crate::events::{self, Event};
use crate::kernel::{Entropy, Error, Fault, Instant, Result};
use crate::queue::{self, Job};
use crate::steps::Steps;
use crate::turns::Turns;
use crate::wakes::Wakes;

/// How long a change is waited for that is under way, where there is one at a time.
const BUSY: Duration = Duration::from_secs(10);
/// Where processes on one PostgreSQL tell each other that something changed.
const CHANNEL: &str = "atelier_wakes";
/// Before listening is tried again.
const BREATH: Duration = Duration::from_secs(1);

/// The database of this installation. Clones share one pool.
#[derive(Clone)]
pub struct Db {
    pool: DatabaseConnection,
    /// For documents of public fields alone, asked by those whom nobody knows: it changes nothing, and takes no connection
    /// from others.
    visitors: DatabaseConnection,
    is_for_visitors: bool,
    /// Whether visitors read from another database than everybody else.
    has_copy: bool,
    statements: Arc<AtomicU64>,
    /// Changes of this process that said what happened.
    commits: Arc<AtomicU64>,
    connections: u32,
    steps: Steps,
    /// Whose turn it is to change something, where only one may at a time.
    turns: Option<Arc<Mutex<()>>>,
    /// At what many change at once.
    queues: Turns,
    wakes: Wakes,
    /// Tells this process's wake-ups from others'.
    process: Arc<str>,
}

impl Db {
    /// Opens `sqlite://path` (made if missing) or `postgres://…` with a pool of at most `connections`, for everybody.
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        let statements = Arc::default();
        let pool = pool(pool_options(url, connections), &statements).await?;
        Ok(Self::over(pool.clone(), pool, statements, connections))
    }

    /// The same with a pool of at most `for_visitors` more, for public questions: at `copy` if there is one.
    pub async fn open_with_visitors(
        url: &str,
        connections: u32,
        copy: Option<&str>,
        for_visitors: u32,
    ) -> Result<Self> {
        let statements = Arc::default();
        let main = pool(pool_options(url, connections), &statements).await?;
        let mut options = pool_options(copy.unwrap_or(url), for_visitors);
        options
            .connect_lazy(true)
            .map_sqlx_sqlite_opts(|sqlite| sqlite_options(sqlite).pragma("query_only", "on"))
            .map_sqlx_postgres_opts(|postgres| {
                postgres_options(postgres).options([("default_transaction_read_only", "on")])
            });
        let visitors = pool(options, &statements).await?;
        Ok(Self { has_copy: copy.is_some(), ..Self::over(main, visitors, statements, connections) })
    }

    fn over(
        pool: DatabaseConnection,
        visitors: DatabaseConnection,
        statements: Arc<AtomicU64>,
        connections: u32,
    ) -> Self {
        let is_sqlite = pool.get_database_backend() == DbBackend::Sqlite;
        let turns = is_sqlite.then(Arc::default);
        let (wakes, queues) = (Wakes::default(), Turns::default());
        let process = Entropy::default().secret().into();
        let commits = Arc::default();
        Self {
            pool,
            visitors,
            is_for_visitors: false,
            has_copy: false,
            statements,
            commits,
            connections,
            steps: Steps::default(),
            turns,
            queues,
            wakes,
            process,
        }
    }

    /// The same database for public questions: they wait for each other, and for nobody else. What they read from a copy
    /// may be a moment old.
    pub fn for_visitors(&self) -> Self {
        Self { is_for_visitors: true, ..self.clone() }
    }

    /// How many things a worker may do at once without taking more than half of the connections from those who wait.
    pub fn at_once(&self) -> i64 {
        i64::from((self.connections / 2).max(2))
    }

    /// For queries outside a transaction.
    pub fn read(&self) -> &DatabaseConnection {
        if self.is_for_visitors { &self.visitors } else { &self.pool }
    }

    /// Begins a change. `now` stamps its events and jobs.
    pub async fn begin(&self, now: Instant, entropy: Entropy) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let turn = self.turn().await?;
        let inner = self.pool.begin_with_options(options).await?;
        let steps = self.steps.clone();
        let (events, jobs, topics, wakes) = (Vec::new(), Vec::new(), BTreeSet::new(), self.wakes.clone());
        Ok(Tx {
            inner,
            now,
            entropy,
            steps,
            events,
            jobs,
            topics,
            wakes,
            commits: Arc::clone(&self.commits),
            process: Arc::clone(&self.process),
            _turns: [turn, None],
        })
    }

    /// Begins a change of one thing that many change at once, `key`, when it is its turn in this process: who waits for
    /// its lock holds no connection then, and everybody else's changes go on.
    pub async fn begin_in_turn(&self, key: &str, now: Instant, entropy: Entropy) -> Result<Tx> {
        if self.is_sqlite() {
            return self.begin(now, entropy).await;
        }
        let turn = in_time(self.queues.at(key)).await?;
        let tx = self.begin(now, entropy).await?;
        Ok(Tx { _turns: [None, Some(turn)], ..tx })
    }

    /// Waits for this process's turn to change something. SQLite's own way is to sleep and try again, the longer the more
    /// often it failed; a queue is fair and loses no time. Other processes are waited for as before.
    async fn turn(&self) -> Result<Option<OwnedMutexGuard<()>>> {
        let Some(turns) = &self.turns else { return Ok(None) };
        Ok(Some(in_time(Arc::clone(turns)).await?))
    }

    /// Who waits for something to change.
    pub fn wakes(&self) -> &Wakes {
        &self.wakes
    }

    /// Passes on what other processes on the same database say, for as long as it is polled, over a connection of its own.
    /// On SQLite there is nobody else.
    pub async fn listen(&self) {
        while !self.is_sqlite() {
            if let Err(cause) = self.listen_once().await {
                tracing::warn!(%cause, "wake-ups of other processes are not heard; trying again");
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    async fn listen_once(&self) -> std::result::Result<(), sqlx::Error> {
        let options = self.pool.get_postgres_connection_pool().connect_options();
        let own = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let mut listener = PgListener::connect_with(&own.connect_lazy_with((*options).clone())).await?;
        listener.listen(CHANNEL).await?;
        // What was said while nobody listened.
        self.wakes.say_all();
        loop {
            match listener.try_recv().await? {
                Some(said) => match said.payload().split_once(' ') {
                    // Said here already, with the commit.
                    Some((process, _)) if process == self.process.as_ref() => {}
                    Some((_, topic)) => self.wakes.say(topic),
                    None => self.wakes.say_all(),
                },
                // The connection was lost and is there again.
                None => self.wakes.say_all(),
            }
        }
    }

    /// What is done for good, step by step.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.backend() == DbBackend::Sqlite
    }

    /// Statements run so far by this process.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Changes with events that this process has committed so far.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::SeqCst)
    }

    /// Whether writers of the event log wait for each other, so that nobody who reads it by a cursor misses an event (migration 93).
    pub async fn orders_events(&self) -> Result<bool> {
        if self.is_sqlite() {
            return Ok(true);
        }
        let text = "SELECT 1 FROM pg_trigger
             WHERE tgrelid = 'events'::regclass AND tgname = 'events_in_order' AND tgenabled IN ('O', 'A')";
        Ok(self.pool.query_one_raw(sql(DbBackend::Postgres, text, [])).await?.is_some())
    }

    /// Runs the migrations that are still missing.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrator::up(&self.pool, None).await?)
    }

    /// One cheap round trip; and one to the copy that visitors read from, if there is one.
    pub async fn ping(&self) -> Result<()> {
        self.pool.execute_unprepared("SELECT 1").await?;
        if self.has_copy {
            self.visitors.execute_unprepared("SELECT 1").await?;
        }
        Ok(())
    }

    /// Closes the pools; what is running finishes first.
    pub async fn close(&self) {
        let _ = self.visitors.clone().close().await;
        let _ = self.pool.clone().close().await;
    }
}

/// A change under way: rows, events and jobs that commit together. Dropped without `commit`, nothing happened.
pub struct Tx {
    inner: DatabaseTransaction,
    now: Instant,
    entropy: Entropy,
    steps: Steps,
    events: Vec<Event>,
    jobs: Vec<Job>,
    topics: BTreeSet<String>,
    wakes: Wakes,
    commits: Arc<AtomicU64>,
    process: Arc<str>,
    /// Given back last, when the change is over.
    _turns: [Option<OwnedMutexGuard<()>>; 2],
}

impl Tx {
    /// For queries inside the transaction.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// When this change happens.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// A new key.
    pub fn id(&self) -> uuid::Uuid {
        self.entropy.id(self.now)
    }

    /// So many letters and digits that cannot be mixed up when they are read out.
    pub fn readable(&self, letters: usize) -> String {
        self.entropy.readable(letters)
    }

    /// Logs what happened.
    pub fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Asks for work once this has committed.
    pub fn enqueue(&mut self, job: Job) {
        self.jobs.push(job);
    }

    /// Once this has committed, tells who follows `topic` to look, in every process.
    pub fn wake(&mut self, topic: String) {
        self.topics.insert(topic);
    }

    /// Makes it all true at once.
    #[track_caller]
    pub fn commit(self) -> impl Future<Output = Result<()>> + Send {
        let (place, steps) = (Location::caller(), self.steps.clone());
        async move { steps.take(place, self.write()).await }
    }

    async fn write(mut self) -> Result<()> {
        self.topics.extend(self.events.iter().flat_map(Event::topics));
        queue::insert(&self.inner, &self.jobs, self.now, &self.entropy).await?;
        events::append(&self.inner, &self.events, self.now, &self.entropy).await?;
        notify(&self.inner, &self.process, &self.topics).await?;
        self.inner.commit().await?;
        if !self.events.is_empty() {
            self.commits.fetch_add(1, Ordering::SeqCst);
        }
        for topic in self.topics.iter().chain(&queue::wakes(&self.jobs)) {
            self.wakes.say(topic);
        }
        Ok(())
    }
}

fn pool_options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(sqlite_options)
        .map_sqlx_postgres_opts(postgres_options);
    options
}

fn sqlite_options(sqlite: SqliteConnectOptions) -> SqliteConnectOptions {
    sqlite
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY)
}

fn postgres_options(postgres: PgConnectOptions) -> PgConnectOptions {
    postgres.options([("statement_timeout", "10000"), ("lock_timeout", "5000")])
}

/// A pool whose statements are counted.
async fn pool(options: ConnectOptions, statements: &Arc<AtomicU64>) -> Result<DatabaseConnection> {
    let mut pool = Database::connect(options).await?;
    let counter = Arc::clone(statements);
    pool.set_metric_callback(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    Ok(pool)
}

async fn in_time(turns: Arc<Mutex<()>>) -> Result<OwnedMutexGuard<()>> {
    let waited = tokio::time::timeout(BUSY, turns.lock_owned()).await;
    Ok(waited.map_err(|_| Fault::away("talking to the database", "another change takes too long"))?)
}

/// Tells other processes with the commit, many topics in one statement. SQLite has one process that answers.
async fn notify(conn: &DatabaseTransaction, process: &str, topics: &BTreeSet<String>) -> Result<()> {
    if conn.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let topics: Vec<&String> = topics.iter().collect();
    // A row of PostgreSQL's has 1,664 columns at most.
    for some in topics.chunks(1000) {
        let said: Vec<String> =
            (2..).take(some.len()).map(|place| format!("pg_notify($1, ${place})")).collect();
        let binds = some.iter().map(|topic| format!("{process} {topic}").into());
        let text = format!("SELECT {}", said.join(", "));
        let binds = std::iter::once(CHANNEL.into()).chain(binds);
        conn.execute_raw(sql(DbBackend::Postgres, &text, binds)).await?;
    }
    Ok(())
}

impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        let passing = matches!(cause, DbErr::Conn(_) | DbErr::ConnectionAcquire(_));
        Error::Fault(Fault { doing: "talking to the database".to_owned(), cause: cause.to_string(), passing })
    }
}

/// Whether an insert or update failed because `table` already has such `columns` (in the constraint's order).
pub fn is_taken(error: &DbErr, table: &str, columns: &[&str]) -> bool {
    let Some(sea_orm::SqlErr::UniqueConstraintViolation(said)) = error.sql_err() else { return false };
    let sqlite: Vec<String> = columns.iter().map(|column| format!("{table}.{column}")).collect();
    let postgres = format!("{table}_{}_key", columns.join("_"));
    said.contains(&sqlite.join(", ")) || said.contains(&postgres) || constraint_of(error) == Some(postgres)
}

fn constraint_of(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    cause.as_database_error().and_then(|e| e.constraint()).map(str::to_owned)
}

/// A statement with `$1`-style binds, for the few queries that read better as SQL.
pub fn sql(backend: DbBackend, text: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(backend, text, values)
}

/// The rows of any of these pairs, by two columns; of no pairs, no rows (SQLite knows no list of rows, and no condition is all of them).
pub fn any_pair<C: ColumnTrait>(
    first: C,
    second: C,
    pairs: impl IntoIterator<Item = (Uuid, Uuid)>,
) -> Condition {
    let none = Condition::any().add(Expr::value(false));
    pairs
        .into_iter()
        .fold(none, |any, (one, other)| any.add(Condition::all().add(first.eq(one)).add(second.eq(other))))
}

/// What makes concurrent claimers skip each other's rows: PostgreSQL needs words for it, SQLite has one writer.
pub fn skip_locked(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    }
}
