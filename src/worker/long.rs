//! Jobs that take minutes or hours: each kind has a lane of its own, in which a process runs one at a time, beside all
//! others.
//!
//! Kept true: a job's lease is renewed while it runs, so that nobody else begins it; who finds that somebody else holds
//! it by now (this process slept, or could not reach the database) drops the work. A stop drops it too and gives the
//! job back; what such a job has finished so far is its own to keep.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::kernel::Result;
use crate::queue::{self, Claimed, Wanted};
use crate::wakes::Woken;

use super::{Registry, outcome, settle};

/// How long an idle lane waits before it looks again, if nobody wakes it.
const ROUND: Duration = Duration::from_secs(2);
/// How often a lease is renewed: four times before it would end.
const RENEWAL: Duration = Duration::from_secs(30);

/// Runs long jobs until told to stop.
pub(super) async fn run(app: &App, registry: &Registry, stop: &CancellationToken) {
    join_all(registry.long_kinds().into_iter().map(|kind| lane(app, registry, kind, stop))).await;
}

async fn lane(app: &App, registry: &Registry, kind: &'static str, stop: &CancellationToken) {
    let work = app.db.wakes().about(&queue::work_of(kind));
    while !stop.is_cancelled() {
        match next(app, kind).await {
            Ok(Some(job)) => attempt(app, registry, &job, stop).await,
            Ok(None) => idle(&work, stop).await,
            Err(error) => {
                tracing::error!(%error, "the worker could not look for long jobs; it tries again");
                idle(&work, stop).await;
            }
        }
    }
}

async fn idle(work: &Woken, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = work.woken() => {}
        () = tokio::time::sleep(ROUND) => {}
    }
}

/// Runs one long job of each kind that is due: how many there were.
pub(super) async fn round(app: &App, registry: &Registry) -> Result<usize> {
    let mut ran = 0;
    for kind in registry.long_kinds() {
        if let Some(job) = next(app, kind).await? {
            attempt(app, registry, &job, &CancellationToken::new()).await;
            ran += 1;
        }
    }
    Ok(ran)
}

async fn next(app: &App, kind: &'static str) -> Result<Option<Claimed>> {
    Ok(queue::claim(&app.db, Wanted::OneOf(&[kind]), app.now()).await?.pop())
}

async fn attempt(app: &App, registry: &Registry, job: &Claimed, stop: &CancellationToken) {
    let patience = registry.patience(&job.kind).unwrap_or(RENEWAL);
    tokio::select! {
        outcome = outcome(&job.kind, patience, registry.run(app, job)) => settle(app, job, outcome).await,
        () = until_lost(app, job) => {
            tracing::warn!(job = %job.id, kind = %job.kind, "somebody else has this job by now; its work is dropped");
        }
        () = stop.cancelled() => {
            if let Err(error) = queue::give_back(&app.db, job, app.now()).await {
                tracing::error!(job = %job.id, %error, "a job could not be given back; its lease will end");
            }
        }
    }
}

/// Renews the lease; returns when it is lost.
async fn until_lost(app: &App, job: &Claimed) {
    let mut ticks = interval(RENEWAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match queue::renew(&app.db, job, app.now()).await {
            Ok(true) => {}
            Ok(false) => return,
            // The lease has room for a few failures.
            Err(error) => {
                tracing::warn!(job = %job.id, %error, "a lease could not be renewed; it is tried again")
            }
        }
    }
}
