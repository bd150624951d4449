//! What refunds took back of noted sales.

use entity::tax_reversals as table;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use uuid::Uuid;

use crate::db::Tx;
use crate::kernel::{OrderId, PublicId, Result};
use crate::payments::model::TaxReversal;

/// Writes a reversal down; known ones stay as they are.
pub async fn insert_reversal(tx: &Tx, reversal: &TaxReversal) -> Result<()> {
    let row = table::ActiveModel {
        id: Set(reversal.refund),
        order_id: Set(reversal.order.uuid()),
        amount_minor: Set(reversal.amount_minor),
        tax_minor: Set(reversal.tax_minor),
        transaction_id: Set(None),
        created_at: Set(tx.now()),
        noted_at: Set(None),
    };
    table::Entity::insert(row)
        .on_conflict(OnConflict::column(table::Column::Id).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// The reversal of a refund.
pub async fn reversal(conn: &impl ConnectionTrait, refund: Uuid) -> Result<Option<TaxReversal>> {
    let row = table::Entity::find_by_id(refund).one(conn).await?;
    Ok(row.map(|row| TaxReversal {
        refund: row.id,
        order: OrderId(row.order_id),
        amount_minor: row.amount_minor,
        tax_minor: row.tax_minor,
        transaction: row.transaction_id,
    }))
}

/// Remembers Stripe's note of a reversal.
pub async fn set_reversal_noted(tx: &Tx, refund: Uuid, transaction: &str) -> Result<()> {
    let change = table::ActiveModel {
        id: Set(refund),
        transaction_id: Set(Some(transaction.to_owned())),
        noted_at: Set(Some(tx.now())),
        ..Default::default()
    };
    table::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}
