//! Cases: what only a person can decide.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use crate::connection;
use crate::graphql::{Fallible, field};
use crate::identity::graphql as identity;
use crate::operators::{advice, model};

connection!(CaseConnection, CaseEdge, Case, "cases");

/// Something about money that a person must look at.
#[derive(Clone)]
pub struct Case(pub model::Case);

/// Something about money that a person must look at: Stripe and we disagree, or somebody tried something.
#[Object]
impl Case {
    /// `cas_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// `PAYMENT_MISMATCH` and the like; docs/operations.md lists them.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// About what: an id of ours, or Stripe's.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Both sides, as JSON.
    async fn detail(&self) -> String {
        format!("{:#}", self.0.detail)
    }

    /// What to do first about this kind of case.
    async fn advice(&self) -> &str {
        advice::on(&self.0.kind)
    }

    /// Since when.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When it was closed; null while a person is awaited.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closing.as_ref().map(|closing| closing.at)
    }

    /// Which operator closed it.
    async fn closed_by(&self, ctx: &Context<'_>) -> Fallible<identity::User> {
        let by = self.0.closing.as_ref()?.by?;
        field(identity::user(ctx, by).await)
    }

    /// What they found and did.
    async fn note(&self) -> Option<&str> {
        self.0.closing.as_ref()?.note.as_deref()
    }
}
