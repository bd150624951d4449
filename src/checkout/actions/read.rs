//! Looking at one's own checkouts and orders.

use std::collections::HashMap;

use crate::app::App;
use crate::kernel::secret::{digest, same};
use crate::kernel::{CheckoutId, Denied, OrderId, Page, PageRequest, Result, Viewer};

use super::super::model::{Checkout, Order, OrderLine};
use super::super::store;

/// Who asks for one checkout or order: somebody signed in, or a guest with the secret they were given.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// Signed in.
    Known(&'a Viewer),
    /// With the secret of `checkoutCreate`.
    Guest(&'a str),
}

/// A checkout of who asks.
pub async fn checkout_of(app: &App, asker: Asker<'_>, id: CheckoutId) -> Result<Checkout> {
    let found = store::checkout(app.db.read(), id).await?;
    let is_theirs = |checkout: &Checkout| match asker {
        Asker::Known(viewer) => checkout.user == Some(viewer.user_id),
        Asker::Guest(secret) => opens(secret, checkout.secret_hash.as_deref()),
    };
    Ok(found.filter(is_theirs).ok_or(Denied::NotFound)?)
}

/// The viewer's order.
pub async fn order_of(app: &App, viewer: &Viewer, id: OrderId) -> Result<Order> {
    let found = store::order(app.db.read(), id).await?;
    Ok(found.filter(|order| order.buyer == Some(viewer.user_id)).ok_or(Denied::NotFound)?)
}

/// A guest's order. It does not say whose it has become: that an address has an account is nobody's business.
pub async fn order_of_guest(app: &App, secret: &str, id: OrderId) -> Result<Order> {
    let hash = store::guest_secret(app.db.read(), id).await?;
    if !opens(secret, hash.as_deref()) {
        return Err(Denied::NotFound.into());
    }
    let order = store::order(app.db.read(), id).await?.ok_or(Denied::NotFound)?;
    Ok(Order { buyer: None, ..order })
}

fn opens(secret: &str, hash: Option<&str>) -> bool {
    hash.is_some_and(|hash| same(hash, &digest(&[secret])))
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
