//! What operators look at.

use async_graphql::{Context, ID, Object};

use crate::checkout::graphql::{Order, OrderConnection, OrderFilter};
use crate::checkout::{model::Order as PlacedOrder, store as orders};
use crate::disputes;
use crate::graphql::connection::connect;
use crate::graphql::context::id;
use crate::graphql::{Ctx, Fallible, field, page_request};
use crate::kernel::{Result, UserId};
use crate::operators::model;
use crate::operators::store::{self, CaseFilter};

use super::{
    AuditEntry, AuditEntryConnection, Case, CaseConnection, Dispute, DisputeConnection, StripeEvent,
    StripeEventConnection, operator,
};

/// The operators' questions.
#[derive(Default)]
pub struct OperatorsQuery;

#[Object]
impl OperatorsQuery {
    /// Purchases of every creator, newest first. Needs FINANCE or SUPPORT.
    async fn admin_orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all that were ever paid if absent.")] filter: Option<OrderFilter>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Fallible<OrderConnection> {
        field(orders_of_all(ctx, filter, first, after).await.map(Some))
    }

    /// What buyers' banks take back or ask about, newest first. Needs FINANCE or SUPPORT.
    async fn admin_disputes(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Fallible<DisputeConnection> {
        field(disputes_of_all(ctx, first, after).await.map(Some))
    }

    /// What Stripe sent, newest first. Needs FINANCE or ENGINEERING.
    async fn admin_stripe_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default_with = "Some(true)",
            desc = "Only those a person must look at, or that have waited too long."
        )]
        failed_only: Option<bool>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Fallible<StripeEventConnection> {
        field(events(ctx, failed_only.unwrap_or(true), first, after).await.map(Some))
    }

    /// What operators did, newest first. Needs SECURITY.
    async fn admin_audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what this person did: `usr_…`.")] actor_id: Option<ID>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Fallible<AuditEntryConnection> {
        field(log(ctx, actor_id, first, after).await.map(Some))
    }

    /// What only a person can decide, newest first. Needs FINANCE, SUPPORT or ENGINEERING.
    async fn admin_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(true)", desc = "Open ones, closed ones, or both (null).")]
        open: Option<bool>,
        #[graphql(desc = "Only of this kind.")] kind: Option<String>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Fallible<CaseConnection> {
        field(cases(ctx, CaseFilter { open, kind }, first, after).await.map(Some))
    }
}

async fn orders_of_all(
    ctx: &Context<'_>,
    filter: Option<OrderFilter>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<OrderConnection> {
    operator(ctx, "adminOrders").await?;
    let list = "admin.orders";
    let page = page_request(ctx, list, first, after)?;
    let filter = filter.unwrap_or_default().checked()?;
    let found = orders::orders_of_all(ctx.app().db.read(), &filter, &page).await?;
    Ok(connect(ctx, list, found, |order: &PlacedOrder| vec![order.id.to_string()], Order))
}

async fn disputes_of_all(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<DisputeConnection> {
    operator(ctx, "adminDisputes").await?;
    let list = "admin.disputes";
    let page = page_request(ctx, list, first, after)?;
    let found = disputes::store::page(ctx.app().db.read(), &page).await?;
    Ok(connect(ctx, list, found, |one: &disputes::model::Dispute| vec![one.id.to_string()], Dispute))
}

async fn events(
    ctx: &Context<'_>,
    failed_only: bool,
    first: Option<i32>,
    after: Option<String>,
) -> Result<StripeEventConnection> {
    operator(ctx, "adminStripeEvents").await?;
    let list = if failed_only { "admin.events.failed" } else { "admin.events" };
    let page = page_request(ctx, list, first, after)?;
    let found = store::events(&ctx.app().db, failed_only, ctx.app().now(), &page).await?;
    Ok(connect(ctx, list, found, |event: &model::StripeEvent| vec![event.id.to_string()], StripeEvent))
}

async fn log(
    ctx: &Context<'_>,
    actor: Option<ID>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<AuditEntryConnection> {
    operator(ctx, "adminAuditLog").await?;
    let list = "admin.audit";
    let page = page_request(ctx, list, first, after)?;
    let actor = actor.map(|actor| id::<UserId>(&["actorId"], &actor)).transpose()?;
    let found = store::log(&ctx.app().db, actor, &page).await?;
    Ok(connect(ctx, list, found, |entry: &model::AuditEntry| vec![entry.id.to_string()], AuditEntry))
}

async fn cases(
    ctx: &Context<'_>,
    filter: CaseFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<CaseConnection> {
    operator(ctx, "adminCases").await?;
    let list = "admin.cases";
    let page = page_request(ctx, list, first, after)?;
    let found = store::cases(&ctx.app().db, &filter, &page).await?;
    Ok(connect(ctx, list, found, |case: &model::Case| vec![case.id.to_string()], Case))
}
