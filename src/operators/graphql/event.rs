//! The inbox: what Stripe sent, and what became of it.

use async_graphql::{Enum, ID, Object};
use chrono::{DateTime, Utc};

use crate::connection;
use crate::operators::model::{self, EventState};

connection!(StripeEventConnection, StripeEventEdge, StripeEvent, "events Stripe sent");

/// An event Stripe sent.
#[derive(Clone)]
pub struct StripeEvent(pub model::StripeEvent);

/// An event Stripe sent. It says that something happened, and is never believed about what.
#[Object]
impl StripeEvent {
    /// `sev_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Stripe's own name for it: `evt_…`.
    async fn stripe_id(&self) -> &str {
        &self.0.stripe_id
    }

    /// `checkout.session.completed` and the like.
    #[graphql(name = "type")]
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What it is about at Stripe: `cs_…`, `re_…`.
    async fn object_id(&self) -> Option<&str> {
        self.0.object.as_deref()
    }

    /// The creator's account it is about; null for our own.
    async fn account_id(&self) -> Option<&str> {
        self.0.account.as_deref()
    }

    /// How far it is.
    async fn state(&self) -> StripeEventState {
        self.0.state.into()
    }

    /// Tries to handle it so far.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// Why nothing came of it, the last time.
    async fn last_error(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it came.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }
}

/// How far the work on an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "JobState", remote = "EventState")]
pub enum StripeEventState {
    /// Not tried yet.
    Queued,
    /// Tried, and to be tried again.
    Running,
    /// Handled, or there was nothing to do.
    Ready,
    /// A person must look.
    Failed,
}
