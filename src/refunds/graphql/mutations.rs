//! Asking for money back, deciding, giving back. Thin: who asks, what for, which action.

use async_graphql::{Context, ID, InputObject, Object};

use crate::checkout::graphql::{Order, order};
use crate::graphql::context::id;
use crate::graphql::payload::Missing;
use crate::graphql::values::{MoneyInput, money};
use crate::graphql::{Ctx, Fallible, Uuid, answer};
use crate::kernel::{OrderId, Result};
use crate::refunds::{actions, model};

use super::{
    OrderRefundPayload, OrderRefundRequestPayload, Refund, RefundReason, RefundRequest,
    RefundRequestDecidePayload,
};

/// What to give back.
#[derive(Clone, Debug, InputObject)]
pub struct RefundInput {
    /// Only of these lines; of all if absent.
    pub line_ids: Option<Vec<ID>>,
    /// Only so much, in the order's currency; all that is left if absent.
    pub amount: Option<MoneyInput>,
    /// Why.
    pub reason: RefundReason,
    /// Whether the buyer loses what these lines gave.
    pub revoke_access: bool,
    /// Made by the client for this wish.
    pub idempotency_key: Uuid,
}

/// Refunds' mutations.
#[derive(Default)]
pub struct RefundsMutation;

#[Object]
impl RefundsMutation {
    /// Asks for the money of an order back: its buyer, once, until `Order.refundableUntil`.
    async fn order_refund_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`ord_…`.")] order_id: ID,
        #[graphql(desc = "Why.")] reason: RefundReason,
        #[graphql(desc = "Why, in the buyer's words; at most 2000 characters.")] note: Option<String>,
        #[graphql(desc = "Made by the client for this wish.")] idempotency_key: Uuid,
    ) -> Fallible<OrderRefundRequestPayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let order: OrderId = id(&["orderId"], &order_id)?;
            let asked = actions::ask(ctx.app(), viewer, order, reason.into(), note, idempotency_key.0).await;
            asked.missing_at(&["orderId"])
        };
        answer(done.await.map(|request| OrderRefundRequestPayload {
            refund_request: Some(RefundRequest(request)),
            user_errors: Vec::new(),
        }))
    }

    /// Decides what a buyer asked for. Approving gives back all that is left and takes back what was bought with it.
    /// Needs FINANCE.
    async fn refund_request_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "`rfq_…`.")] request_id: ID,
        #[graphql(desc = "Give it back, or not.")] approve: bool,
        #[graphql(desc = "Why; the buyer reads it if it is declined.")] note: Option<String>,
        #[graphql(desc = "Made by the client for this wish.")] idempotency_key: Uuid,
    ) -> Fallible<RefundRequestDecidePayload> {
        let done = async {
            let viewer = ctx.viewer()?;
            let request = id(&["id"], &request_id)?;
            let decided = actions::decide(ctx.app(), viewer, request, approve, note, idempotency_key.0).await;
            decided.missing_at(&["id"])
        };
        answer(done.await.map(|request| RefundRequestDecidePayload {
            refund_request: Some(RefundRequest(request)),
            user_errors: Vec::new(),
        }))
    }

    /// Gives money of an order back: all of it, an amount, or of some lines. Needs FINANCE.
    async fn order_refund(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`ord_…`.")] order_id: ID,
        #[graphql(desc = "How much, and why.")] input: RefundInput,
    ) -> Fallible<OrderRefundPayload> {
        let done = give(ctx, &order_id, input).await;
        answer(done.map(|(refund, order)| OrderRefundPayload {
            refund: Some(refund),
            order,
            user_errors: Vec::new(),
        }))
    }
}

async fn give(ctx: &Context<'_>, given: &ID, input: RefundInput) -> Result<(Refund, Option<Order>)> {
    let viewer = ctx.viewer()?;
    let key = input.idempotency_key.0;
    let target: OrderId = id(&["orderId"], given)?;
    let given = actions::give(ctx.app(), viewer, target, wish(input)?, key).await.missing_at(&["orderId"])?;
    Ok((Refund(given), order(ctx, target).await?))
}

/// The input in the room's words.
pub fn wish(input: RefundInput) -> Result<model::Wish> {
    let lines = input.line_ids.unwrap_or_default();
    let lines = lines.iter().enumerate().map(|(at, line)| id(&["input", "lineIds", &at.to_string()], line));
    Ok(model::Wish {
        lines: lines.collect::<Result<_>>()?,
        amount: input.amount.map(|amount| money(&["input", "amount"], &amount)).transpose()?,
        reason: input.reason.into(),
        revokes: input.revoke_access,
    })
}
