//! The audit log as operators of SECURITY see it.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::connection;
use crate::graphql::{Fallible, field};
use crate::identity::graphql as identity;
use crate::operators::model;

connection!(AuditEntryConnection, AuditEntryEdge, AuditEntry, "lines of the audit log");

/// What an operator did.
#[derive(Clone)]
pub struct AuditEntry(pub model::AuditEntry);

/// What an operator did, why, and from where. Never changed.
#[Object]
impl AuditEntry {
    /// `aud_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Who; null for the command line.
    async fn actor(&self, ctx: &Context<'_>) -> Fallible<identity::User> {
        field(identity::user(ctx, self.0.actor?).await)
    }

    /// What: `payout.hold`, `order.refund`, `event.replay`, `case.close`, `staff.grant`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// About what: an id of ours, or Stripe's.
    async fn subject_id(&self) -> Option<ID> {
        Some(self.0.subject.clone().into())
    }

    /// Why, in their own words.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// From which network; the last part of the address is not kept.
    async fn ip_prefix(&self) -> Option<&str> {
        self.0.ip_prefix.as_deref()
    }

    /// When.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }
}
