//! Events asked for, instead of waited for: how a lost webhook is found.
//!
//! Keeps true: events are read in the same plain form a webhook has, with their payload as it was, so both ways
//! into the inbox store the same thing. Stripe lists events for 30 days, in the version of their making.
//! Not here: where we stopped last time, and what an event means.
//!
//! Source: <https://docs.stripe.com/api/events>

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use stripe_client_core::StripeRequest;
use stripe_core::event::{ListEvent, RetrieveEvent};

use crate::plain::{between, path_id};
use crate::webhook::Envelope;
use crate::{StripeError, StripeGateway, UncertainCause};

/// The most types Stripe takes in one listing.
pub const MOST_EVENT_KINDS: usize = 20;

/// The most Stripe gives at once.
const PAGE: i64 = 100;

/// Which events to list.
#[derive(Clone, Debug)]
pub struct EventQuery {
    /// From this moment on.
    pub since: DateTime<Utc>,
    /// Before this moment; none for up to now.
    pub until: Option<DateTime<Utc>>,
    /// Only these types, at most [`MOST_EVENT_KINDS`]; empty for all.
    pub kinds: Vec<String>,
    /// Continue behind this event, the last of the page before.
    pub behind: Option<String>,
    /// A creator's account instead of ours.
    pub account: Option<String>,
}

/// Events, newest first.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// At most a hundred.
    pub events: Vec<ListedEvent>,
    /// Whether older ones follow; ask again with `behind`.
    pub has_more: bool,
}

/// An event and its payload.
#[derive(Clone, Debug)]
pub struct ListedEvent {
    /// What the event says about itself.
    pub envelope: Envelope,
    /// The event as JSON, to be kept.
    pub payload: String,
}

#[derive(Deserialize)]
struct WirePage {
    data: Vec<Value>,
    has_more: bool,
}

impl StripeGateway {
    /// Lists one page of events.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn events_since(&self, query: EventQuery) -> Result<EventPage, StripeError> {
        let account = query.account.clone();
        let created = between(query.since, query.until);
        let mut request = ListEvent::new().limit(PAGE).created(created);
        if !query.kinds.is_empty() {
            request = request.types(query.kinds);
        }
        if let Some(behind) = query.behind {
            request = request.starting_after(behind);
        }
        let answer = self.raw(request.build(), query.account).await?;
        let unreadable = || answer.uncertain(UncertainCause::Unreadable);
        let page: WirePage = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        let mut events =
            page.data.into_iter().map(listed).collect::<Option<Vec<_>>>().ok_or_else(unreadable)?;
        // An account asked for its own events need not name itself in them.
        if let Some(account) = account {
            events.iter_mut().for_each(|event| event.envelope.account = Some(account.clone()));
        }
        Ok(EventPage { events, has_more: page.has_more })
    }

    /// Reads one event.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn event(&self, id: &str, account: Option<&str>) -> Result<ListedEvent, StripeError> {
        let request = RetrieveEvent::new(path_id(id)?);
        let answer = self.raw(request.build(), account.map(str::to_owned)).await?;
        let value = serde_json::from_slice(&answer.body).ok();
        value.and_then(listed).ok_or_else(|| answer.uncertain(UncertainCause::Unreadable))
    }
}

fn listed(value: Value) -> Option<ListedEvent> {
    let payload = value.to_string();
    Some(ListedEvent { envelope: Envelope::read(payload.as_bytes())?, payload })
}
