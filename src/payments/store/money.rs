//! Money that arrived.

use std::collections::HashMap;

use entity::payments;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{Db, Tx};
use crate::kernel::{Instant, OrderId, PublicId, Result};
use crate::payments::judge::Arrived;

/// Whether money is what an order waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It pays the order.
    Settled,
    /// The order did not wait for it: paid already, or another amount.
    Unexpected,
}

impl Standing {
    fn name(self) -> &'static str {
        match self {
            Self::Settled => "SETTLED",
            Self::Unexpected => "UNEXPECTED",
        }
    }
}

/// Writes money down; false if it is there already.
pub async fn insert_payment(tx: &Tx, order: OrderId, arrived: &Arrived, standing: Standing) -> Result<bool> {
    let row = payments::ActiveModel {
        id: Set(tx.id()),
        order_id: Set(order.uuid()),
        intent_id: Set(arrived.intent.clone()),
        charge_id: Set(arrived.charge.clone()),
        state: Set(standing.name().to_owned()),
        currency: Set(arrived.currency.clone()),
        amount_minor: Set(arrived.amount_minor),
        fee_minor: Set(None),
        balance_transaction_id: Set(None),
        created_at: Set(tx.now()),
        settled_at: Set((standing == Standing::Settled).then_some(arrived.at)),
        receipt_url: Set(arrived.receipt_url.clone()),
    };
    let written = payments::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(written > 0)
}

/// The order a charge paid for.
pub async fn order_of_charge(conn: &impl ConnectionTrait, charge: &str) -> Result<Option<OrderId>> {
    let row = payments::Entity::find()
        .filter(payments::Column::ChargeId.eq(charge))
        .filter(payments::Column::State.eq(Standing::Settled.name()))
        .one(conn)
        .await?;
    Ok(row.map(|row| OrderId(row.order_id)))
}

/// The charge that paid an order, if money arrived, and how much it was in minor units.
pub async fn charge_of_order(conn: &impl ConnectionTrait, order: OrderId) -> Result<Option<(String, i64)>> {
    let row = payments::Entity::find()
        .filter(payments::Column::OrderId.eq(order.uuid()))
        .filter(payments::Column::State.eq(Standing::Settled.name()))
        .one(conn)
        .await?;
    Ok(row.map(|row| (row.charge_id, row.amount_minor)))
}

/// The order that an intent's money paid.
pub async fn order_of_intent(conn: &impl ConnectionTrait, intent: &str) -> Result<Option<OrderId>> {
    let row = payments::Entity::find()
        .filter(payments::Column::IntentId.eq(intent))
        .filter(payments::Column::State.eq(Standing::Settled.name()))
        .one(conn)
        .await?;
    Ok(row.map(|row| OrderId(row.order_id)))
}

/// Stripe's pages with the receipts of what paid these orders.
pub async fn receipts_of_orders(app: &App, orders: &[OrderId]) -> Result<HashMap<OrderId, String>> {
    let rows: Vec<(Uuid, String)> = payments::Entity::find()
        .select_only()
        .columns([payments::Column::OrderId, payments::Column::ReceiptUrl])
        .filter(payments::Column::OrderId.is_in(orders.iter().map(|order| order.uuid())))
        .filter(payments::Column::State.eq(Standing::Settled.name()))
        .filter(payments::Column::ReceiptUrl.is_not_null())
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|(order, url)| (OrderId(order), url)).collect())
}

/// Whether this charge paid an order and what Stripe kept of it is booked.
pub async fn is_fee_known(conn: &impl ConnectionTrait, charge: &str) -> Result<bool> {
    let booked = payments::Entity::find()
        .filter(payments::Column::ChargeId.eq(charge))
        .filter(payments::Column::State.eq(Standing::Settled.name()))
        .filter(payments::Column::BalanceTransactionId.is_not_null());
    Ok(booked.one(conn).await?.is_some())
}

/// Notes what Stripe kept of a charge.
pub async fn set_fee(tx: &Tx, charge: &str, fee_minor: i64, balance_transaction: &str) -> Result<()> {
    let change = payments::ActiveModel {
        fee_minor: Set(Some(fee_minor)),
        balance_transaction_id: Set(Some(balance_transaction.to_owned())),
        ..Default::default()
    };
    payments::Entity::update_many()
        .set(change)
        .filter(payments::Column::ChargeId.eq(charge))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Charges that settled before `before` and whose fee is not known.
pub async fn without_fee(db: &Db, before: Instant) -> Result<Vec<String>> {
    let rows: Vec<String> = payments::Entity::find()
        .select_only()
        .column(payments::Column::ChargeId)
        .filter(payments::Column::State.eq(Standing::Settled.name()))
        .filter(payments::Column::FeeMinor.is_null())
        .filter(payments::Column::CreatedAt.lt(before))
        .order_by_asc(payments::Column::CreatedAt)
        .limit(200)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows)
}
