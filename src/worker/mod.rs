//! Claims jobs, runs them, and knows the timetable. Rooms bring their jobs; this brings the patience.
//!
//! Several workers on several machines may run at once: claiming is exact, timetable jobs carry the name of their time
//! slot and so exist once. A stop lets running jobs finish for a while. Jobs that take long have a lane of their own
//! (`long`), so that nothing waits for them, and are given back by a stop.

mod long;
mod registry;
mod timetable;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::kernel::{Error, Fault, Result};
use crate::queue::{self, Claimed, Wanted};

use registry::Running;
pub use registry::{Handler, Registry};

/// A job that takes longer than this has failed; shorter than its lease, so that nobody else has begun it.
const PATIENCE: Duration = Duration::from_secs(100);
/// Jobs that are done are noted together, but no later than this behind the last that ended.
const NOTED_WITHIN: Duration = Duration::from_millis(500);
/// How long an idle worker waits before it looks again.
const ROUND: Duration = Duration::from_millis(1000);

/// The jobs of every room.
pub fn registry() -> Registry {
    let mut registry = Registry::default();
    crate::notifications::jobs::register(&mut registry);
    crate::identity::jobs::register(&mut registry);
    crate::media::jobs::register(&mut registry);
    crate::workshops::jobs::register(&mut registry);
    crate::checkout::jobs::register(&mut registry);
    crate::payments::jobs::register(&mut registry);
    crate::payouts::jobs::register(&mut registry);
    crate::refunds::jobs::register(&mut registry);
    crate::disputes::jobs::register(&mut registry);
    crate::memberships::jobs::register(&mut registry);
    crate::learning::jobs::register(&mut registry);
    crate::reviews::jobs::register(&mut registry);
    crate::reports::jobs::register(&mut registry);
    crate::search::jobs::register(&mut registry);
    crate::reconciliation::jobs::register(&mut registry);
    registry
}

/// Runs until told to stop.
pub async fn run(app: App, stop: CancellationToken) {
    let registry = registry();
    tokio::join!(short(&app, &registry, &stop), long::run(&app, &registry, &stop));
}

async fn short(app: &App, registry: &Registry, stop: &CancellationToken) {
    let work = app.db.wakes().about(queue::WORK);
    while !stop.is_cancelled() {
        let busy = match round(app, registry).await {
            Ok(ran) => ran > 0,
            Err(error) => {
                tracing::error!(%error, "the worker could not look for jobs; it tries again");
                false
            }
        };
        if !busy {
            tokio::select! {
                () = stop.cancelled() => {}
                () = work.woken() => {}
                () = tokio::time::sleep(ROUND) => {}
            }
        }
    }
}

/// Runs everything that is due, and what that causes, until nothing is due. For tests and for a moved clock.
pub async fn run_due(app: &App) -> Result<usize> {
    let registry = registry();
    let mut total = 0;
    loop {
        let short = round(app, &registry).await?;
        let ran = if short == 0 { long::round(app, &registry).await? } else { short };
        total += ran;
        if ran == 0 || total > 100_000 {
            return Ok(total);
        }
    }
}

async fn round(app: &App, registry: &Registry) -> Result<usize> {
    timetable::enqueue(app, registry).await?;
    let claimed = queue::claim(&app.db, Wanted::Except(&registry.long_kinds()), app.now()).await?;
    let mut running: JoinSet<_> =
        claimed.iter().map(|job| attempt(app.clone(), job.clone(), registry.run(app, job))).collect();
    let mut done = Vec::new();
    loop {
        match timeout(NOTED_WITHIN, running.join_next()).await {
            Ok(Some(attempted)) => done.extend(attempted.ok().flatten()),
            Ok(None) => break,
            // Who is done does not wait for who is slow: their leases go on.
            Err(_) => note_done(app, &mut done).await,
        }
    }
    note_done(app, &mut done).await;
    Ok(claimed.len())
}

async fn note_done(app: &App, done: &mut Vec<Claimed>) {
    let done = std::mem::take(done);
    if let Err(error) = queue::finish_all(&app.db, &done, app.now()).await {
        tracing::error!(jobs = done.len(), %error, "jobs that are done could not be noted; their leases will end");
    }
}

/// What a job makes of it, within its time. One that falls over has failed like any other: it is tried again, and in the
/// end given up where a person sees it.
async fn outcome(kind: &str, patience: Duration, work: Running) -> Result<()> {
    match timeout(patience, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => {
            Err(Error::Fault(Fault::away(kind, "fell over: what it said stands in the log before this")))
        }
        Err(_) => Err(Error::Fault(Fault::away(kind, "took too long"))),
    }
}

/// Runs a job as a task of its own, so that several use several cores. Gives it back if it is done; notes at once if it
/// failed.
async fn attempt(app: App, job: Claimed, work: Running) -> Option<Claimed> {
    let outcome = outcome(&job.kind, PATIENCE, work).await;
    if outcome.is_ok() {
        return Some(job);
    }
    settle(&app, &job, outcome).await;
    None
}

/// Notes what became of a job.
async fn settle(app: &App, job: &Claimed, outcome: Result<()>) {
    let settled = match outcome {
        Ok(()) => queue::finish(&app.db, job, app.now()).await,
        Err(error) => {
            tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempts, %error, "a job failed");
            queue::fail(&app.db, job, &error, app.now()).await
        }
    };
    if let Err(error) = settled {
        tracing::error!(job = %job.id, kind = %job.kind, %error, "a job's outcome could not be noted; its lease will end");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_job_that_falls_over_has_failed_and_one_that_sleeps_took_too_long() {
        let falls: Running = Box::pin(async { panic!("no such field") });
        let fell = outcome("a.kind", PATIENCE, falls).await;
        assert!(fell.is_err_and(|error| error.to_string().contains("fell over")));
        let sleeps: Running = Box::pin(std::future::pending());
        let late = outcome("a.kind", Duration::from_millis(1), sleeps).await;
        assert!(late.is_err_and(|error| error.to_string().contains("took too long")));
    }
}
