//! Purchases, as their buyers and sellers see them.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use crate::catalog::graphql as catalog;
use crate::checkout::{actions, model, store};
use crate::creators::graphql as creators;
use crate::creators::{Permission, desk};
use crate::enrollment::graphql::{Enrollment, EnrollmentOfLine};
use crate::graphql::connection::connect;
use crate::graphql::values::Money;
use crate::graphql::{Ctx, Fallible, Url, field, page_request, required};
use crate::identity::graphql as identity;
use crate::kernel::{Denied, Error, OfferingId, OrderId, Result, UserId};
use crate::memberships::graphql::InvoiceOfOrder;
use crate::payments::graphql::ReceiptOfOrder;
use crate::refunds::graphql as refunds;
use crate::workshops::graphql::{Seat, seat_of_line};
use crate::{connection, loader};

connection!(OrderConnection, OrderEdge, Order, "orders");

loader! {
    /// Orders by key.
    OrderById: OrderId => model::Order = actions::orders_by_id
}

loader! {
    /// The lines of orders.
    LinesOfOrder: OrderId => Vec<model::OrderLine> = actions::lines_of
}

/// One purchase.
#[derive(Clone)]
pub struct Order(pub model::Order);

impl Order {
    /// The same without saying whose it is.
    pub fn without_buyer(self) -> Self {
        Self(model::Order { buyer: None, ..self.0 })
    }
}

/// One purchase, as it was agreed.
#[Object]
impl Order {
    /// `ord_…`.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// For people: `AT-7K3M-9Q2P`.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// How far it is.
    async fn status(&self) -> OrderStatus {
        self.0.status.into()
    }

    /// Who sells.
    async fn creator(&self, ctx: &Context<'_>) -> async_graphql::Result<creators::Creator> {
        required(creators::its_creator(ctx, self.0.creator).await)
    }

    /// Who bought; null for guests.
    async fn buyer(&self, ctx: &Context<'_>) -> Fallible<identity::User> {
        let buyer = self.0.buyer?;
        field(identity::user(ctx, buyer).await)
    }

    /// Each bought thing.
    async fn lines(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OrderLine>> {
        let lines = required(ctx.loaders().load::<LinesOfOrder, _>(self.0.id).await)?.unwrap_or_default();
        let (currency, buyer) = (self.0.currency, self.0.buyer);
        Ok(lines.into_iter().map(|line| OrderLine { line, currency, buyer }).collect())
    }

    /// Before discounts.
    async fn subtotal(&self) -> Money {
        self.0.money(self.0.subtotal_minor).into()
    }

    /// Taken off.
    async fn discount_total(&self) -> Money {
        self.0.money(self.0.discount_minor).into()
    }

    /// Tax within the total.
    async fn tax_total(&self) -> Money {
        self.0.money(self.0.tax_minor).into()
    }

    /// To pay, tax included.
    async fn total(&self) -> Money {
        self.0.total().into()
    }

    /// Given back so far.
    async fn refunded_total(&self) -> Money {
        self.0.money(self.0.refunded_minor).into()
    }

    /// Money that went back or is on its way, oldest first.
    async fn refunds(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<refunds::Refund>> {
        required(refunds::refunds_of(ctx, self.0.id).await)
    }

    /// What the buyer asked for; null if nothing.
    async fn refund_request(&self, ctx: &Context<'_>) -> Fallible<refunds::RefundRequest> {
        field(refunds::request_of(ctx, self.0.id).await)
    }

    /// Whether the caller may ask for the money back now.
    async fn viewer_can_request_refund(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        required(refunds::may_request(ctx, &self.0).await)
    }

    /// Until when the buyer may ask for the money back; null until it is paid, and for what was free.
    async fn refundable_until(&self) -> Option<DateTime<Utc>> {
        self.0.refundable_until().filter(|_| self.0.total_minor > 0)
    }

    /// Stripe's page with the receipt; null until it is paid, and for what was free. It shows refunds too. Who has the
    /// address can open it: share it with care.
    async fn receipt_url(&self, ctx: &Context<'_>) -> Fallible<Url> {
        field(ctx.loaders().load::<ReceiptOfOrder, _>(self.0.id).await).map(|found| found.map(Url))
    }

    /// Stripe's page with the invoice of a membership's period; null for everything else.
    async fn invoice_url(&self, ctx: &Context<'_>) -> Fallible<Url> {
        field(ctx.loaders().load::<InvoiceOfOrder, _>(self.0.id).await).map(|found| found.map(Url))
    }

    /// When it was agreed.
    async fn placed_at(&self) -> DateTime<Utc> {
        self.0.placed_at
    }
}

/// One bought thing.
pub struct OrderLine {
    line: model::OrderLine,
    currency: crate::kernel::Currency,
    buyer: Option<UserId>,
}

/// One bought thing, as it was when it was bought.
#[Object]
impl OrderLine {
    /// `oln_…`.
    async fn id(&self) -> ID {
        self.line.id.to_string().into()
    }

    /// What it is now; null if it is gone.
    async fn offering(&self, ctx: &Context<'_>) -> Fallible<catalog::Offering> {
        field(catalog::offering(ctx, OfferingId(self.line.offering)).await)
    }

    /// What it was called then.
    async fn title_at_purchase(&self) -> &str {
        &self.line.title
    }

    /// Paid for it, tax included.
    async fn amount(&self) -> Money {
        crate::kernel::Money::new(self.line.amount_minor, self.currency).into()
    }

    /// The right to learn it gave; for its buyer alone. Null for a gift: what came of it is its redeemer's.
    async fn enrollment(&self, ctx: &Context<'_>) -> Fallible<Enrollment> {
        let is_gift = self.line.gift_recipient.is_some();
        if is_gift || self.buyer.is_none() || self.buyer != ctx.actor().user_id() {
            return None;
        }
        let found = ctx.loaders().load::<EnrollmentOfLine, _>(self.line.id).await;
        field(found.map(|found| found.map(Enrollment::of)))
    }

    /// The seat it pays for; null for what is no seat. Of one that somebody else has, its buyer sees how it stands, not whose
    /// it is.
    async fn seat(&self, ctx: &Context<'_>) -> Fallible<Seat> {
        let viewer = ctx.actor().user_id();
        let is_buyers = self.buyer.is_none() || self.buyer == viewer;
        let shown = |seat: Seat| {
            let is_theirs = seat.0.user.is_some() && seat.0.user == viewer;
            if is_buyers && !is_theirs { seat.without_claimer() } else { seat }
        };
        field(seat_of_line(ctx, self.line.id).await.map(|found| found.map(shown)))
    }

    /// For whom it was bought, as the buyer wrote it; for its buyer alone, signed in. Null for what they have themselves.
    async fn gift_recipient_email(&self, ctx: &Context<'_>) -> Option<&str> {
        let is_buyers = self.buyer.is_some() && self.buyer == ctx.actor().user_id();
        self.line.gift_recipient.as_deref().filter(|_| is_buyers)
    }
}

/// The order a line is of, for who may see it.
pub async fn visible_order_of_line(
    ctx: &Context<'_>,
    line: crate::kernel::OrderLineId,
) -> Result<Option<Order>> {
    match store::line(ctx.app().db.read(), line).await? {
        Some(line) => visible_order(ctx, line.order).await,
        None => Ok(None),
    }
}

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "model::OrderStatus")]
pub enum OrderStatus {
    /// Waiting for its money.
    Pending,
    /// Paid.
    Paid,
    /// Some of it was given back.
    PartiallyRefunded,
    /// All of it was given back.
    Refunded,
    /// The buyer's bank disputes it.
    Disputed,
    /// Never paid.
    Void,
}

/// An order that the caller has reached through something that is theirs.
pub async fn order(ctx: &Context<'_>, id: OrderId) -> Result<Option<Order>> {
    Ok(ctx.loaders().load::<OrderById, _>(id).await?.map(Order))
}

/// An order by its id: for its buyer, and for the creator's team with FINANCE.
pub async fn visible_order(ctx: &Context<'_>, id: OrderId) -> Result<Option<Order>> {
    let Some(viewer) = ctx.actor().known() else { return Ok(None) };
    let Some(found) = order(ctx, id).await? else { return Ok(None) };
    if found.0.buyer == Some(viewer.user_id) {
        return Ok(Some(found));
    }
    match desk(ctx.app(), viewer, found.0.creator, Permission::Finance).await {
        Ok(_) => Ok(Some(found)),
        // Somebody else's order is the same as none.
        Err(Error::Denied(Denied::NotFound | Denied::Forbidden { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Checkout's part of the viewer.
#[derive(Clone)]
pub struct ViewerOrders {
    /// Whose.
    pub user: UserId,
}

#[Object]
impl ViewerOrders {
    /// Purchases, newest first.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "Go on behind this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<OrderConnection> {
        let list = "viewer.orders";
        let page = required(page_request(ctx, list, first, after))?;
        let found = required(store::orders_of_buyer(ctx.app().db.read(), self.user, &page).await)?;
        Ok(connect(ctx, list, found, |order| vec![order.id.to_string()], Order))
    }
}

/// Checkout's part of an enrollment.
#[derive(Clone)]
pub struct EnrollmentOrder {
    /// The line that paid for it.
    pub line: Option<crate::kernel::OrderLineId>,
}

#[Object]
impl EnrollmentOrder {
    /// The purchase that gave it; null for what was free, and for a gift to all but who bought it.
    async fn order(&self, ctx: &Context<'_>) -> Fallible<Order> {
        let line = self.line?;
        let found = async {
            let Some(line) = store::line(ctx.app().db.read(), line).await? else { return Ok(None) };
            let found = order(ctx, line.order).await?;
            let viewer = ctx.actor().user_id();
            let is_theirs = |order: &Order| viewer.is_some() && order.0.buyer == viewer;
            Ok(found.filter(|order| line.gift_recipient.is_none() || is_theirs(order)))
        };
        field(found.await)
    }
}
