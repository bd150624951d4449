//! Asking Stripe for events that never reached us. What is in the inbox already is not put there again.

use chrono::Duration;
use stripe_gateway::{EventPage, EventQuery, MOST_EVENT_KINDS};

use crate::app::App;
use crate::kernel::{Fault, Instant, Result};

use super::super::model::Endpoint;
use super::super::store;
use super::{handle, receive};

/// Events may be late by this much without being missed.
const OVERLAP: Duration = Duration::hours(1);
/// How much time is asked for at once.
const STRETCH: Duration = Duration::hours(6);
/// How far we have read.
const MARK: &str = "events";
/// Stripe keeps events for 30 days.
const LONGEST: Duration = Duration::days(30);

/// Puts missed events of our own account into the inbox; gives their number. Goes on where the last round ended, a
/// stretch at a time, so that a long absence is made up for in as many rounds as it takes.
pub async fn catch_up(app: &App) -> Result<usize> {
    let now = app.now();
    let reached = store::mark(&app.db, MARK).await?.unwrap_or(now - Duration::days(1));
    let mut from = (reached - OVERLAP).max(now - LONGEST);
    let mut found = 0;
    while from < now {
        let until = from + STRETCH;
        for kinds in handle::kinds().chunks(MOST_EVENT_KINDS) {
            found += missed(app, Endpoint::Platform, (from, until), kinds, None).await?;
        }
        let tx = app.begin().await?;
        store::set_mark(&tx, MARK, until.min(now)).await?;
        tx.commit().await?;
        from = until;
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
    let stretch = (since, app.now() + STRETCH);
    let found = missed(app, Endpoint::Connect, stretch, &[], Some(account)).await?;
    if found > 0 {
        tracing::warn!(account, found, "events of a creator's account had not reached us and were asked for");
    }
    Ok(found)
}

/// Lists page after page, newest first, until nothing older is left.
async fn missed(
    app: &App,
    endpoint: Endpoint,
    (since, until): (Instant, Instant),
    kinds: &[String],
    account: Option<&str>,
) -> Result<usize> {
    let (mut behind, mut found) = (None, 0);
    loop {
        let (kinds, account) = (kinds.to_vec(), account.map(str::to_owned));
        let query = EventQuery { since, until: Some(until), kinds, behind, account };
        let page =
            app.stripe.events_since(query).await.map_err(|error| Fault::away("listing events", error))?;
        found += keep_unknown(app, endpoint, &page).await?;
        behind = page.events.last().map(|event| event.envelope.id.clone());
        if !page.has_more || behind.is_none() {
            return Ok(found);
        }
    }
}

/// Of most pages everything is known: one statement tells. What is missing is kept together, what says most first.
async fn keep_unknown(app: &App, endpoint: Endpoint, page: &EventPage) -> Result<usize> {
    let ids: Vec<&str> = page.events.iter().map(|event| event.envelope.id.as_str()).collect();
    let known = store::known(app.db.read(), &ids).await?;
    let mut missing: Vec<_> = page
        .events
        .iter()
        .filter(|event| !known.contains(&event.envelope.id))
        .map(|event| (&event.envelope, event.payload.as_str()))
        .collect();
    missing.sort_by_key(|(envelope, _)| handle::precedence(&envelope.kind));
    receive::keep(app, endpoint, &missing).await
}
