//! What buyers' banks take back, as operators see it. Creators meet it as frozen money in their books.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use crate::checkout::graphql::{Order, order};
use crate::connection;
use crate::disputes::model;
use crate::graphql::required;
use crate::graphql::values::Money;
use crate::kernel::Denied;

connection!(DisputeConnection, DisputeEdge, Dispute, "disputes");

/// A payment that a buyer's bank disputes.
#[derive(Clone)]
pub struct Dispute(pub model::Dispute);

/// A payment that a buyer's bank disputes, or asks about.
#[Object]
impl Dispute {
    /// `dsp_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Stripe's own name for it: `du_…` or `dp_…`.
    async fn stripe_id(&self) -> &str {
        &self.0.stripe_id
    }

    /// The purchase that was paid.
    async fn order(&self, ctx: &Context<'_>) -> async_graphql::Result<Order> {
        required(order(ctx, self.0.order).await.and_then(|found| Ok(found.ok_or(Denied::NotFound)?)))
    }

    /// What the bank claims.
    async fn amount(&self) -> Money {
        Money(self.0.money(self.0.amount_minor))
    }

    /// Why, in Stripe's words: `fraudulent`, `product_not_received`.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// How far it is.
    async fn state(&self) -> DisputeState {
        DisputeState::of(&self.0)
    }

    /// Until when evidence is taken.
    async fn evidence_due_at(&self) -> Option<DateTime<Utc>> {
        self.0.evidence_due_at
    }

    /// When our evidence left; null before.
    async fn evidence_sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.evidence_sent_at
    }
}

/// How far a dispute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DisputeState {
    /// The bank waits for evidence; also when it only asks and has taken nothing yet.
    NeedsResponse,
    /// The bank decides.
    UnderReview,
    /// The money is ours; also when a bank asked and went away.
    Won,
    /// The money is the buyer's.
    Lost,
}

impl DisputeState {
    fn of(dispute: &model::Dispute) -> Self {
        match dispute.state {
            model::DisputeState::Inquiry if dispute.evidence_sent_at.is_some() => Self::UnderReview,
            model::DisputeState::Inquiry | model::DisputeState::NeedsResponse => Self::NeedsResponse,
            model::DisputeState::UnderReview => Self::UnderReview,
            model::DisputeState::InquiryClosed | model::DisputeState::Won => Self::Won,
            model::DisputeState::Lost => Self::Lost,
        }
    }
}
