//! A creator's sales as their team sees them.

use async_graphql::{Context, ID, InputObject, Object};

use crate::checkout::model;
use crate::checkout::store::{self, OrderFilter as Filter};
use crate::creators::{Membership, Permission};
use crate::graphql::connection::connect;
use crate::graphql::context::id;
use crate::graphql::{Ctx, page_request, required};
use crate::kernel::{OfferingId, PublicId, Result};
use crate::payments::graphql::DateRangeInput;
use crate::studio::graphql::desk;

use super::{Order, OrderConnection, OrderStatus};

/// Which orders to list.
#[derive(Clone, Debug, Default, InputObject)]
pub struct OrderFilter {
    /// Only these; all that were ever paid if absent.
    pub statuses: Option<Vec<OrderStatus>>,
    /// Only orders with this in them.
    pub offering_id: Option<ID>,
    /// Only orders placed on these days (UTC).
    pub placed_between: Option<DateRangeInput>,
    /// Part of the number or of the buyer's address.
    pub search: Option<String>,
}

/// Checkout's part of the studio.
#[derive(Clone)]
pub struct StudioOrders(pub Membership);

#[Object]
impl StudioOrders {
    /// Sales, newest first. Needs FINANCE.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all that were ever paid if absent.")] filter: Option<OrderFilter>,
        #[graphql(default_with = "Some(20)", desc = "At most 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> async_graphql::Result<OrderConnection> {
        let desk = desk(&self.0, Permission::Finance)?;
        let list = "studio.orders";
        let page = required(page_request(ctx, list, first, after))?;
        let filter = required(checked(filter.unwrap_or_default()))?;
        let found = store::orders_of_creator(ctx.app().db.read(), desk.creator_id, &filter, &page).await;
        Ok(connect(ctx, list, required(found)?, |order: &model::Order| vec![order.id.to_string()], Order))
    }
}

impl OrderFilter {
    /// The filter as the room takes it.
    pub fn checked(self) -> Result<Filter> {
        checked(self)
    }
}

fn checked(filter: OrderFilter) -> Result<Filter> {
    let offering =
        filter.offering_id.map(|given| id::<OfferingId>(&["filter", "offeringId"], &given)).transpose()?;
    let (from, until) = match filter.placed_between {
        Some(days) => days.bounds().map(|(from, until)| (Some(from), Some(until)))?,
        None => (None, None),
    };
    let search = filter.search.map(|text| text.trim().chars().take(80).collect::<String>());
    Ok(Filter {
        statuses: filter.statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
        offering: offering.map(PublicId::uuid),
        from,
        until,
        search: search.filter(|text| !text.is_empty()),
    })
}
