//! `node` of the admin endpoint: what an operator may see, by its id.

use async_graphql::{Context, ID, Interface, Object};

use crate::checkout::graphql as checkout;
use crate::creators::graphql as creators;
use crate::disputes;
use crate::graphql::{Ctx, Fallible, field};
use crate::identity::graphql as identity;
use crate::kernel::{
    AuditEntryId, CaseId, CreatorId, Denied, DisputeId, Error, OrderId, PublicId, Result, StripeEventId,
    UserId,
};
use crate::operators::store;

use super::{AuditEntry, Case, Dispute, StripeEvent, operator};

/// Anything with an id of its own that operators look at.
#[derive(Interface)]
#[graphql(name = "Node", field(name = "id", ty = "ID", desc = "The same in every answer, link and export."))]
pub enum AdminNode {
    /// A purchase.
    Order(checkout::Order),
    /// A public teaching identity.
    Creator(creators::Creator),
    /// A person.
    User(identity::User),
    /// A payment that a bank disputes.
    Dispute(Dispute),
    /// An event Stripe sent.
    StripeEvent(StripeEvent),
    /// What an operator did.
    AuditEntry(AuditEntry),
    /// Something about money that a person must look at.
    Case(Case),
}

/// The root fields of this file.
#[derive(Default)]
pub struct AdminNodeQuery;

#[Object]
impl AdminNodeQuery {
    /// Anything by its id; null when it is not there or not for this operator.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Any id.")] id: ID) -> Fallible<AdminNode> {
        field(visible(ctx, &id).await)
    }
}

async fn visible(ctx: &Context<'_>, id: &ID) -> Result<Option<AdminNode>> {
    operator(ctx, "node").await?;
    let kind = match id.split_once('_').map_or("", |(prefix, _)| prefix) {
        OrderId::PREFIX => "Order",
        CreatorId::PREFIX => "Creator",
        UserId::PREFIX => "User",
        DisputeId::PREFIX => "Dispute",
        StripeEventId::PREFIX => "StripeEvent",
        AuditEntryId::PREFIX => "AuditEntry",
        CaseId::PREFIX => "Case",
        _ => return Ok(None),
    };
    match operator(ctx, kind).await {
        Ok(_) => read(ctx, id, kind).await,
        // Not for this role: the same as not there.
        Err(Error::Denied(Denied::Forbidden { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn read(ctx: &Context<'_>, id: &ID, kind: &str) -> Result<Option<AdminNode>> {
    let conn = ctx.app().db.read();
    Ok(match kind {
        "Order" => match id.parse() {
            Ok(id) => checkout::order(ctx, id).await?.map(AdminNode::Order),
            Err(_) => None,
        },
        "Creator" => match id.parse() {
            Ok(id) => {
                let found = crate::creators::store::by_id(conn, id).await?;
                found.map(|creator| AdminNode::Creator(creators::Creator::of(creator)))
            }
            Err(_) => None,
        },
        "User" => match id.parse() {
            Ok(id) => identity::user(ctx, id).await?.map(AdminNode::User),
            Err(_) => None,
        },
        "Dispute" => match id.parse() {
            Ok(id) => {
                disputes::store::dispute(conn, id).await?.map(|found| AdminNode::Dispute(Dispute(found)))
            }
            Err(_) => None,
        },
        "StripeEvent" => match id.parse() {
            Ok(id) => store::event(conn, id).await?.map(|event| AdminNode::StripeEvent(StripeEvent(event))),
            Err(_) => None,
        },
        "AuditEntry" => match id.parse() {
            Ok(id) => store::entry(conn, id).await?.map(|entry| AdminNode::AuditEntry(AuditEntry(entry))),
            Err(_) => None,
        },
        _ => match id.parse() {
            Ok(id) => store::case(conn, id).await?.map(|case| AdminNode::Case(Case(case))),
            Err(_) => None,
        },
    })
}
