//! Asking Stripe for events that never reached us. What is in the inbox already is not put there again.

use chrono::Duration;
use stripe_gateway::{EventPage, EventQuery, MOST_EVENT_KINDS};

use crate::app::App;
use crate::kernel::{Fault, Instant, Result};

use super::super::model::{Delivery, Endpoint};
use super::super::store;
use super::{handle, receive};

/// Events may be late by this much without being missed.
const OVERLAP: Duration = Duration::hours(1);
/// Stripe keeps events for 30 days.
const LONGEST: Duration = Duration::days(30);

/// Puts missed events of our own account into the inbox; gives their number.
pub async fn catch_up(app: &App) -> Result<usize> {
    let heard = store::last_heard(&app.db).await?.unwrap_or_else(|| app.now() - Duration::days(1));
    let since = (heard - OVERLAP).max(app.now() - LONGEST);
    let mut found = 0;
    for kinds in handle::kinds().chunks(MOST_EVENT_KINDS) {
        found += missed(app, Endpoint::Platform, since, kinds, None).await?;
    }
    if found > 0 {
        tracing::warn!(found, "events had not reached us and were asked for");
    }
    Ok(found)
}

/// Puts missed events of a creator's account into the inbox: all that Stripe still lists, or those since a moment.
/// Stripe lists them only account by account, so this is done when somebody has reason to.
pub async fn catch_up_account(app: &App, account: &str, since: Option<Instant>) -> Result<usize> {
    let oldest = app.now() - LONGEST;
    let since = since.map_or(oldest, |since| since.max(oldest));
    let found = missed(app, Endpoint::Connect, since, &[], Some(account)).await?;
    if found > 0 {
        tracing::warn!(account, found, "events of a creator's account had not reached us and were asked for");
    }
    Ok(found)
}

/// Lists page after page, newest first, until nothing older is left.
async fn missed(
    app: &App,
    endpoint: Endpoint,
    since: Instant,
    kinds: &[String],
    account: Option<&str>,
) -> Result<usize> {
    let (mut behind, mut found) = (None, 0);
    loop {
        let query = EventQuery { since, kinds: kinds.to_vec(), behind, account: account.map(str::to_owned) };
        let page =
            app.stripe.events_since(query).await.map_err(|error| Fault::away("listing events", error))?;
        found += keep_unknown(app, endpoint, &page).await?;
        behind = page.events.last().map(|event| event.envelope.id.clone());
        if !page.has_more || behind.is_none() {
            return Ok(found);
        }
    }
}

/// Of most pages everything is known: one statement tells.
async fn keep_unknown(app: &App, endpoint: Endpoint, page: &EventPage) -> Result<usize> {
    let ids: Vec<&str> = page.events.iter().map(|event| event.envelope.id.as_str()).collect();
    let known = store::known(app.db.read(), &ids).await?;
    let mut found = 0;
    for event in page.events.iter().filter(|event| !known.contains(&event.envelope.id)) {
        let kept = receive::keep(app, endpoint, &event.envelope, &event.payload).await?;
        found += usize::from(kept == Delivery::Kept);
    }
    Ok(found)
}
