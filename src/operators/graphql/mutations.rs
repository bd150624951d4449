//! What operators do. Each is in the audit log.

use async_graphql::{Context, ID, Object};

use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::{Ctx, Fallible, answer};
use crate::kernel::{CaseId, CreatorId, OrderId, Result, ReviewId, StripeEventId};
use crate::operators::actions;
use crate::payload;
use crate::payouts::graphql::PayoutAccount;
use crate::refunds::graphql::{Refund, RefundInput, wish};
use crate::reviews::graphql::{Review, review_by_id};

use super::{Case, StripeEvent, operator};

payload! {
    /// Answer of `adminStripeEventReplay`.
    AdminStripeEventReplayPayload {
        /// The event, waiting again.
        event: StripeEvent,
    }
}

payload! {
    /// Answer of `adminOrderRefund`.
    AdminOrderRefundPayload {
        /// The refund.
        refund: Refund,
    }
}

payload! {
    /// Answer of `adminPayoutHold`.
    AdminPayoutHoldPayload {
        /// The creator's account; null if they have none yet. The hold counts all the same.
        payout_account: PayoutAccount,
    }
}

payload! {
    /// Answer of `adminCaseClose`.
    AdminCaseClosePayload {
        /// The case, closed.
        case: Case,
    }
}

payload! {
    /// Answer of `adminReviewTakedown`.
    AdminReviewTakedownPayload {
        /// The review as it stands, also when nobody else sees it.
        review: Review,
    }
}

/// The operators' mutations.
#[derive(Default)]
pub struct OperatorsMutation;

#[Object]
impl OperatorsMutation {
    /// Has an event handled again; harmless, however often. Needs FINANCE or ENGINEERING.
    async fn admin_stripe_event_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`sev_…`.")] event_id: ID,
    ) -> Fallible<AdminStripeEventReplayPayload> {
        let done = replay(ctx, &event_id).await;
        answer(
            done.map(|event| AdminStripeEventReplayPayload { event: Some(event), user_errors: Vec::new() }),
        )
    }

    /// Gives a buyer money back when the creator's team does not: at any time, never more than is left. Needs FINANCE.
    async fn admin_order_refund(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`ord_…`.")] order_id: ID,
        #[graphql(desc = "How much, and why as the buyer sees it.")] input: RefundInput,
        #[graphql(desc = "Why an operator does it; kept in the audit log.")] reason: String,
    ) -> Fallible<AdminOrderRefundPayload> {
        let done = refund(ctx, &order_id, input, &reason).await;
        answer(done.map(|refund| AdminOrderRefundPayload { refund: Some(refund), user_errors: Vec::new() }))
    }

    /// Keeps a creator's money from being transferred, or lets it go. Needs FINANCE or SECURITY.
    async fn admin_payout_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose money.")] creator_id: ID,
        #[graphql(desc = "True holds, false lets go; saying so twice changes nothing.")] hold: bool,
        #[graphql(desc = "Why; kept in the audit log.")] reason: String,
    ) -> Fallible<AdminPayoutHoldPayload> {
        let done = set_hold(ctx, &creator_id, hold, &reason).await;
        answer(done.map(|payout_account| AdminPayoutHoldPayload { payout_account, user_errors: Vec::new() }))
    }

    /// Closes a case, with what was found and done. Needs FINANCE.
    async fn admin_case_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`cas_…`.")] id: ID,
        #[graphql(desc = "What was found and done; kept with the case.")] note: String,
    ) -> Fallible<AdminCaseClosePayload> {
        let done = close(ctx, &id, &note).await;
        answer(done.map(|case| AdminCaseClosePayload { case: Some(case), user_errors: Vec::new() }))
    }

    /// Takes a review down for everybody, or shows it again: its stars count no more, or again. Needs MODERATION.
    async fn admin_review_takedown(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`rev_…`.")] review_id: ID,
        #[graphql(desc = "True takes it down, false shows it again; saying so twice changes nothing.")]
        take_down: bool,
        #[graphql(desc = "Why; kept in the audit log.")] reason: String,
    ) -> Fallible<AdminReviewTakedownPayload> {
        let done = self::take_down(ctx, &review_id, take_down, &reason).await;
        answer(done.map(|review| AdminReviewTakedownPayload { review, user_errors: Vec::new() }))
    }
}

async fn take_down(ctx: &Context<'_>, review: &ID, down: bool, reason: &str) -> Result<Option<Review>> {
    let operator = operator(ctx, "adminReviewTakedown").await?;
    let review: ReviewId = id(&["reviewId"], review)?;
    let done = actions::take_down_review(ctx.app(), &operator, review, down, reason).await;
    done.missing_at(&["reviewId"])?;
    review_by_id(ctx, review).await
}

async fn replay(ctx: &Context<'_>, event: &ID) -> Result<StripeEvent> {
    let operator = operator(ctx, "adminStripeEventReplay").await?;
    let event: StripeEventId = id(&["eventId"], event)?;
    let event = actions::replay(ctx.app(), &operator, event).await.missing_at(&["eventId"])?;
    Ok(StripeEvent(event))
}

async fn refund(ctx: &Context<'_>, order: &ID, input: RefundInput, reason: &str) -> Result<Refund> {
    let operator = operator(ctx, "adminOrderRefund").await?;
    let order: OrderId = id(&["orderId"], order)?;
    let key = input.idempotency_key.0;
    let given = actions::refund(ctx.app(), &operator, order, wish(input)?, key, reason).await;
    Ok(Refund(given.missing_at(&["orderId"])?))
}

async fn set_hold(
    ctx: &Context<'_>,
    creator: &ID,
    hold: bool,
    reason: &str,
) -> Result<Option<PayoutAccount>> {
    let operator = operator(ctx, "adminPayoutHold").await?;
    let creator: CreatorId = id(&["creatorId"], creator)?;
    actions::set_hold(ctx.app(), &operator, creator, hold, reason).await.missing_at(&["creatorId"])?;
    let account = crate::payouts::store::account(ctx.app().db.read(), creator).await?;
    Ok(account.map(PayoutAccount))
}

async fn close(ctx: &Context<'_>, case: &ID, note: &str) -> Result<Case> {
    let operator = operator(ctx, "adminCaseClose").await?;
    let case: CaseId = id(&["id"], case)?;
    Ok(Case(actions::close_case(ctx.app(), &operator, case, note).await.missing_at(&["id"])?))
}
