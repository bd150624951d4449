//! Lists of orders: a buyer's and a creator's.

use entity::{order_lines, orders};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use uuid::Uuid;

use crate::checkout::model::{Order, OrderStatus};
use crate::kernel::{CreatorId, Instant, OrderId, Page, PageRequest, PublicId, Result, UserId};

/// A buyer's orders that were paid, newest first.
pub async fn orders_of_buyer(
    conn: &impl ConnectionTrait,
    buyer: UserId,
    page: &PageRequest,
) -> Result<Page<Order>> {
    let paid = orders::Column::Status.ne(OrderStatus::Void.name());
    let query = orders::Entity::find().filter(orders::Column::BuyerId.eq(buyer.uuid())).filter(paid);
    order_page(conn, query, page).await
}

/// Which of a creator's orders to list.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Only these; all that were ever paid if none is named.
    pub statuses: Vec<OrderStatus>,
    /// Only orders with this in them.
    pub offering: Option<Uuid>,
    /// Placed at or after.
    pub from: Option<Instant>,
    /// Placed before.
    pub until: Option<Instant>,
    /// Part of the number or of the buyer's address.
    pub search: Option<String>,
}

/// A creator's orders, newest first.
pub async fn orders_of_creator(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    filter: &OrderFilter,
    page: &PageRequest,
) -> Result<Page<Order>> {
    let theirs = orders::Entity::find().filter(orders::Column::CreatorId.eq(creator.uuid()));
    order_page(conn, filtered(theirs, filter), page).await
}

/// Everybody's orders, newest first: for operators.
pub async fn orders_of_all(
    conn: &impl ConnectionTrait,
    filter: &OrderFilter,
    page: &PageRequest,
) -> Result<Page<Order>> {
    order_page(conn, filtered(orders::Entity::find(), filter), page).await
}

fn filtered(mut query: Select<orders::Entity>, filter: &OrderFilter) -> Select<orders::Entity> {
    use orders::Column;
    query = if filter.statuses.is_empty() {
        query.filter(Column::PaidAt.is_not_null())
    } else {
        query.filter(Column::Status.is_in(filter.statuses.iter().map(|status| status.name())))
    };
    if let Some(from) = filter.from {
        query = query.filter(Column::PlacedAt.gte(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(Column::PlacedAt.lt(until));
    }
    if let Some(search) = &filter.search {
        let found =
            Condition::any().add(Column::Number.contains(search)).add(Column::BuyerEmail.contains(search));
        query = query.filter(found);
    }
    if let Some(offering) = filter.offering {
        let with_it = order_lines::Entity::find()
            .select_only()
            .column(order_lines::Column::OrderId)
            .filter(order_lines::Column::OfferingId.eq(offering));
        query = query.filter(Column::Id.in_subquery(with_it.into_query()));
    }
    query
}

async fn order_page(
    conn: &impl ConnectionTrait,
    query: Select<orders::Entity>,
    page: &PageRequest,
) -> Result<Page<Order>> {
    // Ids are made in the order of time, so the key alone is the cursor.
    let after = page.after.as_ref().and_then(|key| key.first()).and_then(|key| key.parse::<OrderId>().ok());
    let query = match after {
        Some(after) => query.filter(orders::Column::Id.lt(after.uuid())),
        None => query,
    };
    let rows = query.order_by_desc(orders::Column::Id).limit(page.limit()).all(conn).await?;
    let orders = rows.into_iter().map(Order::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(orders, page))
}
