//! Looking at one's own checkouts and orders.

use std::collections::HashMap;

use crate::app::App;
use crate::kernel::{CheckoutId, Denied, OrderId, Page, PageRequest, Result, Viewer};

use super::super::model::{Checkout, Order, OrderLine};
use super::super::store;

/// The viewer's checkout.
pub async fn checkout_of(app: &App, viewer: &Viewer, id: CheckoutId) -> Result<Checkout> {
    let found = store::checkout(app.db.read(), id).await?;
    Ok(found.filter(|checkout| checkout.user == Some(viewer.user_id)).ok_or(Denied::NotFound)?)
}

/// The viewer's order.
pub async fn order_of(app: &App, viewer: &Viewer, id: OrderId) -> Result<Order> {
    let found = store::order(app.db.read(), id).await?;
    Ok(found.filter(|order| order.buyer == Some(viewer.user_id)).ok_or(Denied::NotFound)?)
}

/// The viewer's orders, newest first.
pub async fn orders_of_buyer(app: &App, viewer: &Viewer, page: &PageRequest) -> Result<Page<Order>> {
    store::orders_of_buyer(app.db.read(), viewer.user_id, page).await
}

/// Orders by key; the caller knows who may see them.
pub async fn orders_by_id(app: &App, ids: &[OrderId]) -> Result<HashMap<OrderId, Order>> {
    store::orders(app.db.read(), ids).await
}

/// The lines of many orders.
pub async fn lines_of(app: &App, ids: &[OrderId]) -> Result<HashMap<OrderId, Vec<OrderLine>>> {
    store::lines(app.db.read(), ids).await
}
