//! Looks at everything that should be true, and names what is not: connections, migrations, the bucket, every invariant.

mod bucket;
mod cors;
mod media;
mod steps;

use std::borrow::Cow;

use migration::{MigrationStatus, Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::config::Processing;
use crate::db;
use crate::events;
use crate::kernel::{Invariant, Result};
use crate::queue;

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What: `database`, `invariant enrollment_counts`.
    pub what: String,
    /// What to say when nothing is wrong.
    pub fine: Cow<'static, str>,
    /// None = as it should be; otherwise what is wrong and what to do.
    pub wrong: Option<String>,
}

impl Finding {
    fn of(what: impl Into<String>, wrong: Option<String>) -> Self {
        Self { what: what.into(), fine: "ok".into(), wrong }
    }
}

/// What holds for jobs.
const QUEUE: &[Invariant] = &[Invariant {
    name: "jobs_alive",
    says: "no job has been given up",
    sql: "SELECT kind || ' failed for good: ' || COALESCE(last_error, '?') AS row FROM jobs WHERE state = 'DEAD'",
}];

/// Every room's rules, and a sentence for each row that breaks one.
pub async fn rules(app: &App) -> Vec<(&'static str, Result<Vec<String>>)> {
    let db = &app.db;
    vec![
        ("queue", broken(app, QUEUE).await),
        ("events", events::broken(db).await),
        ("search", broken(app, crate::search::invariants::INVARIANTS).await),
        ("creators", broken(app, crate::creators::invariants::INVARIANTS).await),
        ("media", crate::media::invariants::check(db).await),
        ("catalog", broken(app, crate::catalog::invariants::INVARIANTS).await),
        ("workshops", broken(app, crate::workshops::invariants::INVARIANTS).await),
        ("chat", broken(app, crate::chat::invariants::INVARIANTS).await),
        ("enrollment", crate::enrollment::invariants::check(db).await),
        ("coupons", broken(app, crate::coupons::invariants::INVARIANTS).await),
        ("learning", crate::learning::invariants::check(db).await),
        ("reviews", broken(app, crate::reviews::invariants::INVARIANTS).await),
        ("affiliates", broken(app, crate::affiliates::invariants::INVARIANTS).await),
        ("checkout", crate::checkout::invariants::check(db).await),
        ("gifts", broken(app, crate::gifts::invariants::INVARIANTS).await),
        ("payments", crate::payments::invariants::check(db).await),
        ("payouts", broken(app, crate::payouts::invariants::INVARIANTS).await),
        ("statements", crate::payouts::invariants::broken_seals(db).await),
        ("refunds", broken(app, crate::refunds::invariants::INVARIANTS).await),
        ("disputes", broken(app, crate::disputes::invariants::INVARIANTS).await),
        ("memberships", broken(app, crate::memberships::invariants::INVARIANTS).await),
        ("tax", broken(app, crate::payments::invariants::TAX).await),
        ("reports", broken(app, crate::reports::invariants::INVARIANTS).await),
        ("reconciliation", broken(app, crate::reconciliation::invariants::INVARIANTS).await),
        ("operators", broken(app, crate::operators::invariants::INVARIANTS).await),
        ("money under way", crate::payments::invariants::stuck(db, app.now()).await),
    ]
}

/// Looks at everything. Boxed where it goes deep: without optimisation each of these would lie on the stack of whoever asks.
pub async fn examine(app: &App) -> Vec<Finding> {
    let mut findings = vec![database(app).await];
    if findings[0].wrong.is_some() {
        return findings;
    }
    findings.push(migrations(app).await);
    let is_migrated = findings[1].wrong.is_none();
    findings.extend(Box::pin(media::examine(app, is_migrated)).await);
    findings.push(processing(app));
    findings.push(Box::pin(live_rooms(app)).await);
    if is_migrated {
        findings.extend(Box::pin(rules(app)).await.into_iter().map(|(room, outcome)| judged(room, outcome)));
        findings.push(waiting(app).await);
    }
    findings
}

async fn database(app: &App) -> Finding {
    let wrong =
        app.db.ping().await.err().map(|cause| format!("does not answer: {cause}. Check DATABASE_URL."));
    Finding::of("database", wrong)
}

/// Not wrong without ffmpeg: films are played then, from one file of one size.
fn processing(app: &App) -> Finding {
    let fine = match app.settings.media_processing {
        Processing::On(_) => "ok",
        Processing::Off => "off (MEDIA_PROCESSING): originals are served progressively",
        Processing::Missing => {
            "off: ffmpeg and ffprobe are not on the PATH; originals are served progressively, one size for all"
        }
    };
    Finding { fine: Cow::Borrowed(fine), ..Finding::of("video processing", None) }
}

/// Not wrong without LiveKit: workshops take place behind links then.
async fn live_rooms(app: &App) -> Finding {
    let Some(livekit) = &app.livekit else {
        let fine = "off (LIVEKIT_URL): workshops take place behind links".into();
        return Finding { fine, ..Finding::of("live rooms", None) };
    };
    let wrong = livekit.ping().await.err().map(|cause| {
        format!("{cause}. Nobody can be put out of a room. Check LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.")
    });
    Finding::of("live rooms", wrong)
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

fn judged(room: &str, outcome: Result<Vec<String>>) -> Finding {
    let wrong = match outcome {
        Ok(sentences) if sentences.is_empty() => None,
        Ok(sentences) => Some(sentences.join("; ")),
        Err(cause) => Some(format!("could not be checked: {cause}")),
    };
    Finding::of(format!("rules of {room}"), wrong)
}

/// A sentence for each row that breaks one of the rules.
async fn broken(app: &App, invariants: &[Invariant]) -> Result<Vec<String>> {
    let mut sentences = Vec::new();
    for invariant in invariants {
        for row in app.db.read().query_all_raw(db::sql(app.db.backend(), invariant.sql, [])).await? {
            let named = row.try_get::<String>("", "row")?;
            sentences.push(format!("{}: {named} (the rule: {})", invariant.name, invariant.says));
        }
    }
    Ok(sentences)
}
