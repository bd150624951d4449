//! Paid invoices and their orders.

use std::collections::{HashMap, HashSet};

use entity::membership_invoices as invoices;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use stripe_gateway::Invoice;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{OrderId, PublicId, Result};

/// Those of these invoices that were made into orders.
pub async fn known_invoices(conn: &impl ConnectionTrait, ids: &[String]) -> Result<HashSet<String>> {
    let rows: Vec<String> = invoices::Entity::find()
        .select_only()
        .column(invoices::Column::StripeInvoiceId)
        .filter(invoices::Column::StripeInvoiceId.is_in(ids.iter().cloned()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Notes which order was made of a paid invoice.
pub async fn insert_invoice(tx: &Tx, membership: Uuid, order: OrderId, invoice: &Invoice) -> Result<()> {
    let row = invoices::ActiveModel {
        stripe_invoice_id: Set(invoice.id.clone()),
        membership_id: Set(membership),
        order_id: Set(order.uuid()),
        period_start: Set(invoice.period_start),
        period_end: Set(invoice.period_end),
        created_at: Set(tx.now()),
        page_url: Set(invoice.page_url.clone()),
    };
    invoices::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Stripe's pages with the invoices that became these orders.
pub async fn pages_of_orders(app: &App, orders: &[OrderId]) -> Result<HashMap<OrderId, String>> {
    let rows: Vec<(Uuid, String)> = invoices::Entity::find()
        .select_only()
        .columns([invoices::Column::OrderId, invoices::Column::PageUrl])
        .filter(invoices::Column::OrderId.is_in(orders.iter().map(|order| order.uuid())))
        .filter(invoices::Column::PageUrl.is_not_null())
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|(order, url)| (OrderId(order), url)).collect())
}
