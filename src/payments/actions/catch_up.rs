//! Asking Stripe for events that never reached us. What is in the inbox already is not put there again.

use chrono::Duration;
use stripe_gateway::EventQuery;

use crate::app::App;
use crate::kernel::{Fault, Result};

use super::super::model::{Delivery, Endpoint};
use super::super::store;
use super::{handle, receive};

/// Events may be late by this much without being missed.
const OVERLAP: Duration = Duration::hours(1);
/// Stripe keeps events for 30 days.
const LONGEST: Duration = Duration::days(30);
/// Pages of a hundred; what is left comes with the next round.
const MOST_PAGES: usize = 20;

/// Puts missed events of our own account into the inbox; gives their number.
pub async fn catch_up(app: &App) -> Result<usize> {
    let heard = store::last_heard(&app.db).await?.unwrap_or_else(|| app.now() - Duration::days(1));
    let since = (heard - OVERLAP).max(app.now() - LONGEST);
    let mut behind = None;
    let mut found = 0;
    for _ in 0..MOST_PAGES {
        let query = EventQuery { since, kinds: handle::kinds(), behind, account: None };
        let page =
            app.stripe.events_since(query).await.map_err(|error| Fault::away("listing events", error))?;
        for event in &page.events {
            let kept = receive::keep(app, Endpoint::Platform, &event.envelope, &event.payload).await?;
            found += usize::from(kept == Delivery::Kept);
        }
        behind = page.events.last().map(|event| event.envelope.id.clone());
        if !page.has_more || behind.is_none() {
            break;
        }
    }
    if found > 0 {
        tracing::warn!(found, "events had not reached us and were asked for");
    }
    Ok(found)
}
