//! The tax calculations orders were agreed to with.

use entity::order_taxes as table;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::checkout::model::{OrderTax, QuoteTax};
use crate::db::Tx;
use crate::kernel::{OrderId, PublicId, Result};

/// Keeps an order's calculation.
pub(super) async fn insert_tax(tx: &Tx, order: OrderId, tax: &QuoteTax) -> Result<()> {
    let row = table::ActiveModel {
        order_id: Set(order.uuid()),
        country: Set(tax.country.clone()),
        calculation_id: Set(tax.calculation.clone()),
        transaction_id: Set(None),
        created_at: Set(tx.now()),
        noted_at: Set(None),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// An order's calculation, if it has one.
pub async fn tax_of_order(conn: &impl ConnectionTrait, order: OrderId) -> Result<Option<OrderTax>> {
    let row = table::Entity::find_by_id(order.uuid()).one(conn).await?;
    Ok(row.map(|row| OrderTax { order, calculation: row.calculation_id, transaction: row.transaction_id }))
}

/// Remembers Stripe's note of the sale.
pub async fn set_tax_noted(tx: &Tx, order: OrderId, transaction: &str) -> Result<()> {
    let change = table::ActiveModel {
        order_id: Set(order.uuid()),
        transaction_id: Set(Some(transaction.to_owned())),
        noted_at: Set(Some(tx.now())),
        ..Default::default()
    };
    table::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}
