//! The admin endpoint's types and root fields. They are served at `/admin/graphql` alone, never in the app's schema.

mod audit;
mod case;
mod dispute;
mod event;
mod mutations;
mod node;
mod queries;

pub use audit::{AuditEntry, AuditEntryConnection, AuditEntryEdge};
pub use case::{Case, CaseConnection, CaseEdge};
pub use dispute::{Dispute, DisputeConnection, DisputeEdge, DisputeState};
pub use event::{StripeEvent, StripeEventConnection, StripeEventEdge, StripeEventState};
pub use mutations::{
    AdminCaseClosePayload, AdminOrderRefundPayload, AdminPayoutHoldPayload, AdminReviewTakedownPayload,
    AdminStripeEventReplayPayload, OperatorsMutation,
};
pub use node::{AdminNode, AdminNodeQuery};
pub use queries::OperatorsQuery;

use async_graphql::Context;

use crate::graphql::Ctx;
use crate::kernel::Result;

use super::actions::{self, Operator};

/// The caller as an operator who may do this.
pub(crate) async fn operator(ctx: &Context<'_>, what: &str) -> Result<Operator> {
    let viewer = ctx.viewer()?;
    actions::enter(ctx.app(), viewer, ctx.requester().address, what).await
}
