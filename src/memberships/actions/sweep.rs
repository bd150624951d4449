//! Finding what nobody told us: periods that ended in silence, changes without an answer, payments beyond hope.

use chrono::Duration;

use crate::app::App;
use crate::kernel::{Error, Result};
use crate::outgoing::{self, Kind};

use super::super::model::Change;
use super::super::store;
use super::{carry_out, changes, follow};

/// Looks at everything that should have moved by now. One thing that fails does not keep the others waiting.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.now();
    let mut first_failure = None;
    for id in outgoing::unanswered(&app.db, Kind::Subscription, now - Duration::minutes(2)).await? {
        note(&mut first_failure, carry_out(app, id).await);
    }
    for subscription in store::overdue(&app.db, now, now - Duration::hours(1)).await? {
        note(&mut first_failure, follow(app, &subscription).await);
    }
    for late in store::beyond_hope(&app.db, now, app.stripe.livemode()).await? {
        // Stripe should have ended it; nobody shall be charged for what was closed to them.
        let ended = match store::waiting_changes(app.db.read(), late.id).await?.first() {
            Some(waiting) => carry_out(app, *waiting).await,
            None => carry_out(app, changes::wish(app, late.id, Change::EndNow).await?).await,
        };
        note(&mut first_failure, ended);
    }
    first_failure.map_or(Ok(()), Err)
}

fn note<T>(first: &mut Option<Error>, outcome: Result<T>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "the sweep of memberships could not finish one thing");
        first.get_or_insert(error);
    }
}
