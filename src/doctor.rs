//! Looks at everything that should be true, and names what is not: connections, migrations, every invariant.

use migration::{MigrationStatus, Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::db;
use crate::kernel::{Invariant, Result};
use crate::queue;

/// How many broken rows of one rule are named.
const NAMED: usize = 5;

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What: `database`, `invariant enrollment_counts`.
    pub what: String,
    /// What to say when nothing is wrong.
    pub fine: &'static str,
    /// None = as it should be; otherwise what is wrong and what to do.
    pub wrong: Option<String>,
}

impl Finding {
    fn of(what: impl Into<String>, wrong: Option<String>) -> Self {
        Self { what: what.into(), fine: "ok", wrong }
    }
}

/// Every room's invariants.
pub fn invariants() -> Vec<Invariant> {
    [PLATFORM].concat()
}

/// What holds for events and jobs.
const PLATFORM: &[Invariant] = &[Invariant {
    name: "jobs_alive",
    says: "no job has been given up",
    sql: "SELECT kind || ' failed for good: ' || COALESCE(last_error, '?') AS row FROM jobs WHERE state = 'DEAD'",
}];

/// Looks at everything.
pub async fn examine(app: &App) -> Vec<Finding> {
    let mut findings = vec![database(app).await];
    if findings[0].wrong.is_some() {
        return findings;
    }
    findings.push(migrations(app).await);
    findings.push(media(app).await);
    if findings[1].wrong.is_none() {
        for invariant in invariants() {
            findings.push(check(app, &invariant).await);
        }
        findings.push(waiting(app).await);
    }
    findings
}

async fn database(app: &App) -> Finding {
    let wrong = app.db.ping().await.err().map(|cause| format!("does not answer: {cause}. Check DATABASE_URL."));
    Finding::of("database", wrong)
}

async fn media(app: &App) -> Finding {
    match app.media.ping().await {
        Ok(()) => Finding::of("media store", None),
        Err(_) if app.settings.s3.is_none() => {
            let fine = "embedded, not running (it answers while `atelier serve` runs)";
            Finding { fine, ..Finding::of("media store", None) }
        }
        Err(cause) => Finding::of("media store", Some(format!("does not answer: {cause}. Check the S3_ settings."))),
    }
}

async fn migrations(app: &App) -> Finding {
    let wrong = match missing(app).await {
        Ok(0) => None,
        Ok(missing) => Some(format!("{missing} not applied: run `atelier migrate`.")),
        Err(cause) => Some(format!("could not be read: {cause}")),
    };
    Finding::of("migrations", wrong)
}

/// How many migrations have not been applied.
pub async fn missing(app: &App) -> Result<usize> {
    let all = Migrator::get_migration_with_status(app.db.read()).await?;
    Ok(all.iter().filter(|migration| migration.status() == MigrationStatus::Pending).count())
}

async fn waiting(app: &App) -> Finding {
    let wrong = match queue::count(&app.db, "QUEUED").await {
        Ok(queued) if queued > 10_000 => Some(format!("{queued} jobs are waiting: is a worker running?")),
        Ok(_) => None,
        Err(cause) => Some(format!("could not be read: {cause}")),
    };
    Finding::of("queue", wrong)
}

async fn check(app: &App, invariant: &Invariant) -> Finding {
    let wrong = match broken(app, invariant).await {
        Ok(rows) if rows.is_empty() => None,
        Ok(rows) => {
            let named = rows.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
            Some(format!("{} rows break the rule that {}: {named}", rows.len(), invariant.says))
        }
        Err(cause) => Some(format!("could not be checked: {cause}")),
    };
    Finding::of(format!("invariant {}", invariant.name), wrong)
}

/// The rows that break a rule.
pub async fn broken(app: &App, invariant: &Invariant) -> Result<Vec<String>> {
    let rows = app.db.read().query_all_raw(db::sql(app.db.backend(), invariant.sql, [])).await?;
    Ok(rows.iter().map(|row| row.try_get::<String>("", "row")).collect::<std::result::Result<_, _>>()?)
}
