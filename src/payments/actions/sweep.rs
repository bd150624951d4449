//! Finding what nobody told us: pages past their time, pages never opened, events never handled, fees never booked.

use chrono::Duration;
use serde_json::json;

use crate::app::App;
use crate::checkout;
use crate::checkout::actions as checkouts;
use crate::checkout::model::CheckoutStatus;
use crate::kernel::{Error, Result};
use crate::queue::Job;

use super::super::store;
use super::{apply, close, fees, tax};

/// Looks at everything that should have moved by now. One thing that fails does not keep the others waiting.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.now();
    let mut first_failure = None;
    for id in checkouts::without_answer(app, now - Duration::minutes(2)).await? {
        note(&mut first_failure, checkouts::open_page_later(app, id).await);
    }
    for overdue in checkout::store::overdue(app.db.read(), now).await? {
        let ends = overdue.status == CheckoutStatus::Open && !overdue.ends_by_itself();
        let looked = if ends { close(app, &overdue).await } else { apply(app, overdue.id).await };
        note(&mut first_failure, looked);
    }
    for charge in store::without_fee(&app.db, now - Duration::minutes(5)).await? {
        note(&mut first_failure, fees::note_fee(app, &charge).await);
    }
    for subject in tax::unanswered(app, now - Duration::minutes(2)).await? {
        note(&mut first_failure, tax::again(app, subject).await);
    }
    let waiting = store::waiting(&app.db, now - Duration::minutes(15)).await?;
    let mut tx = app.begin().await?;
    for id in waiting {
        let job = Job::new("payments.handle_event", json!({ "event": id }));
        tx.enqueue(job.once(format!("handle-again:{id}:{}", now.timestamp() / 3600)));
    }
    tx.commit().await?;
    first_failure.map_or(Ok(()), Err)
}

fn note<T>(first: &mut Option<Error>, outcome: Result<T>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "the sweep could not finish one thing");
        first.get_or_insert(error);
    }
}
