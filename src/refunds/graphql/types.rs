//! Refunds and the requests for them.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use crate::checkout;
use crate::checkout::graphql::{Order, visible_order};
use crate::creators::{Membership, Permission};
use crate::graphql::connection::connect;
use crate::graphql::values::Money;
use crate::graphql::{Ctx, page_request, required};
use crate::kernel::{OrderId, RefundId, RefundRequestId, Result};
use crate::refunds::{actions, model, store};
use crate::studio::graphql::desk;
use crate::{connection, loader, payload};

connection!(RefundRequestConnection, RefundRequestEdge, RefundRequest, "refund requests");

loader! {
    /// The refunds of orders, oldest first.
    RefundsOfOrder: OrderId => Vec<model::Refund> = store::refunds_of_orders
}

loader! {
    /// The refund requests of orders.
    RefundRequestOfOrder: OrderId => model::RefundRequest = store::requests_of_orders
}

payload! {
    /// Answer of `orderRefundRequest`.
    OrderRefundRequestPayload {
        /// The request.
        refund_request: RefundRequest,
    }
}

payload! {
    /// Answer of `refundRequestDecide`.
    RefundRequestDecidePayload {
        /// The request, as decided.
        refund_request: RefundRequest,
    }
}

payload! {
    /// Answer of `orderRefund`.
    OrderRefundPayload {
        /// The refund. PENDING until the payment service has said that it succeeded or failed.
        refund: Refund,
        /// The order, as it is now.
        order: Order,
    }
}

/// Money on its way back.
#[derive(Clone)]
pub struct Refund(pub model::Refund);

/// Money that goes back to the buyer of an order.
#[Object]
impl Refund {
    /// `rfd_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How much.
    async fn amount(&self) -> Money {
        self.0.amount.into()
    }

    /// How far it is.
    async fn status(&self) -> RefundStatus {
        match self.0.state {
            model::RefundState::Intended | model::RefundState::Pending => RefundStatus::Pending,
            model::RefundState::Succeeded => RefundStatus::Succeeded,
            model::RefundState::Failed => RefundStatus::Failed,
        }
    }

    /// Why; null if it was made at the payment service by hand.
    async fn reason(&self) -> Option<RefundReason> {
        self.0.reason.map(Into::into)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// A buyer's wish.
#[derive(Clone)]
pub struct RefundRequest(pub model::RefundRequest);

/// A buyer's wish to have the money of an order back; the creator's team decides.
#[Object]
impl RefundRequest {
    /// `rfq_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// For which order.
    async fn order(&self, ctx: &Context<'_>) -> async_graphql::Result<Order> {
        let found = checkout::graphql::order(ctx, self.0.order).await;
        required(found.and_then(|order| Ok(order.ok_or(crate::kernel::Denied::NotFound)?)))
    }

    /// Whether it is decided. OPEN again if the money could not be given back.
    async fn status(&self) -> RefundRequestStatus {
        self.0.state.into()
    }

    /// Why.
    async fn reason(&self) -> RefundReason {
        self.0.reason.into()
    }

    /// Why, in the buyer's words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RefundStatus {
    /// On its way.
    Pending,
    /// With the buyer's bank.
    Succeeded,
    /// It did not reach the buyer; nothing was taken from anybody.
    Failed,
}

/// Whether a request is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::RequestState")]
pub enum RefundRequestStatus {
    /// Waiting for the creator's team.
    Open,
    /// The money goes back.
    Approved,
    /// It does not.
    Declined,
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Reason")]
pub enum RefundReason {
    /// It is not what was described.
    NotAsDescribed,
    /// The buyer cannot come.
    CannotAttend,
    /// Bought twice.
    Duplicate,
    /// It does not work.
    Technical,
    /// The session was cancelled.
    SessionCancelled,
    /// Anything else.
    Other,
}

/// Refunds' part of the studio.
#[derive(Clone)]
pub struct StudioRefunds(pub Membership);

#[Object]
impl StudioRefunds {
    /// What buyers asked for, newest first. Needs FINANCE.
    async fn refund_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these; all if absent.")] status: Option<RefundRequestStatus>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<RefundRequestConnection> {
        let desk = desk(&self.0, Permission::Finance)?;
        let list = "studio.refundRequests";
        let page = required(page_request(ctx, list, first, after))?;
        let state = status.map(Into::into);
        let found = store::requests_of_creator(ctx.app().db.read(), desk.creator_id, state, &page).await;
        let key = |request: &model::RefundRequest| vec![request.id.to_string()];
        Ok(connect(ctx, list, required(found)?, key, RefundRequest))
    }
}

/// The refunds of an order that the caller may see, oldest first.
pub async fn refunds_of(ctx: &Context<'_>, order: OrderId) -> Result<Vec<Refund>> {
    let found = ctx.loaders().load::<RefundsOfOrder, _>(order).await?.unwrap_or_default();
    Ok(found.into_iter().map(Refund).collect())
}

/// The request for an order that the caller may see.
pub async fn request_of(ctx: &Context<'_>, order: OrderId) -> Result<Option<RefundRequest>> {
    Ok(ctx.loaders().load::<RefundRequestOfOrder, _>(order).await?.map(RefundRequest))
}

/// Whether the caller may ask for the money of this order back now.
pub async fn may_request(ctx: &Context<'_>, order: &checkout::model::Order) -> Result<bool> {
    let is_buyer = order.buyer.is_some() && order.buyer == ctx.actor().user_id();
    if !is_buyer || actions::may_ask(order, ctx.app().now()).is_err() {
        return Ok(false);
    }
    Ok(request_of(ctx, order.id).await?.is_none())
}

/// A refund by its id: for whoever may see its order.
pub async fn visible_refund(ctx: &Context<'_>, id: RefundId) -> Result<Option<Refund>> {
    let Some(found) = store::refund(ctx.app().db.read(), id).await? else { return Ok(None) };
    Ok(visible_order(ctx, found.order).await?.map(|_| Refund(found)))
}

/// A request by its id: for whoever may see its order.
pub async fn visible_request(ctx: &Context<'_>, id: RefundRequestId) -> Result<Option<RefundRequest>> {
    let Some(found) = store::request(ctx.app().db.read(), id).await? else { return Ok(None) };
    Ok(visible_order(ctx, found.order).await?.map(|_| RefundRequest(found)))
}
