//! Money on its way back, and for which lines.

use std::collections::HashMap;

use entity::{refund_lines, refunds};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::app::App;
use crate::db::{Db, Tx};
use crate::kernel::{
    Currency, Error, Instant, Money, OrderId, OrderLineId, PublicId, RefundId, RefundRequestId, Result,
    UserId,
};
use crate::refunds::model::{NewRefund, Reason, Refund, RefundState};

use super::unreadable;

/// Writes a refund that Stripe will be asked for.
pub async fn insert_refund(tx: &Tx, new: &NewRefund) -> Result<RefundId> {
    let id = tx.id();
    let row = refunds::ActiveModel {
        id: Set(id),
        order_id: Set(new.order.uuid()),
        charge_id: Set(new.charge.clone()),
        request_id: Set(new.request.map(PublicId::uuid)),
        state: Set(RefundState::Intended.name().to_owned()),
        currency: Set(new.currency.code().to_owned()),
        amount_minor: Set(new.amount_minor()),
        reason: Set(new.reason.map(|reason| reason.name().to_owned())),
        stripe_id: Set(None),
        requested_by: Set(new.by.map(PublicId::uuid)),
        revoke_access: Set(new.revokes),
        failure: Set(None),
        booked_at: Set(None),
        failed_at: Set(None),
        created_at: Set(tx.now()),
    };
    refunds::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let lines = new.lines.iter().map(|(line, amount)| refund_lines::ActiveModel {
        refund_id: Set(id),
        order_line_id: Set(line.uuid()),
        amount_minor: Set(*amount),
    });
    refund_lines::Entity::insert_many(lines).exec_without_returning(tx.conn()).await?;
    Ok(RefundId(id))
}

/// A refund by key.
pub async fn refund(conn: &impl ConnectionTrait, id: RefundId) -> Result<Option<Refund>> {
    refunds::Entity::find_by_id(id.uuid()).one(conn).await?.map(Refund::try_from).transpose()
}

/// A refund by what Stripe calls it.
pub async fn refund_at_stripe(conn: &impl ConnectionTrait, stripe_id: &str) -> Result<Option<Refund>> {
    let row = refunds::Entity::find().filter(refunds::Column::StripeId.eq(stripe_id)).one(conn).await?;
    row.map(Refund::try_from).transpose()
}

/// The refunds of many orders, oldest first.
pub async fn refunds_of_orders(app: &App, orders: &[OrderId]) -> Result<HashMap<OrderId, Vec<Refund>>> {
    let rows = refunds::Entity::find()
        .filter(refunds::Column::OrderId.is_in(orders.iter().map(|id| id.uuid())))
        .order_by_asc(refunds::Column::Id)
        .all(app.db.read())
        .await?;
    let mut found: HashMap<OrderId, Vec<Refund>> = HashMap::new();
    for row in rows {
        found.entry(OrderId(row.order_id)).or_default().push(Refund::try_from(row)?);
    }
    Ok(found)
}

/// How much of a refund is for which line.
pub async fn lines_of_refund(conn: &impl ConnectionTrait, id: RefundId) -> Result<Vec<(OrderLineId, i64)>> {
    let rows = refund_lines::Entity::find()
        .filter(refund_lines::Column::RefundId.eq(id.uuid()))
        .order_by_asc(refund_lines::Column::OrderLineId)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (OrderLineId(row.order_line_id), row.amount_minor)).collect())
}

/// Refunds that Stripe has not finished, made before `before`, oldest first.
pub async fn pending(db: &Db, before: Instant) -> Result<Vec<Refund>> {
    let rows = refunds::Entity::find()
        .filter(refunds::Column::State.eq(RefundState::Pending.name()))
        .filter(refunds::Column::CreatedAt.lt(before))
        .order_by_asc(refunds::Column::CreatedAt)
        .limit(200)
        .all(db.read())
        .await?;
    rows.into_iter().map(Refund::try_from).collect()
}

/// Notes what Stripe calls a refund.
pub async fn set_stripe_id(tx: &Tx, id: RefundId, stripe_id: &str) -> Result<()> {
    let change = refunds::ActiveModel {
        id: Set(id.uuid()),
        stripe_id: Set(Some(stripe_id.to_owned())),
        ..Default::default()
    };
    refunds::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Notes that Stripe is at work.
pub async fn set_pending(tx: &Tx, id: RefundId) -> Result<()> {
    let change = refunds::ActiveModel {
        id: Set(id.uuid()),
        state: Set(RefundState::Pending.name().to_owned()),
        ..Default::default()
    };
    refunds::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Notes that the money went back and is booked.
pub async fn set_succeeded(tx: &Tx, id: RefundId) -> Result<()> {
    let change = refunds::ActiveModel {
        id: Set(id.uuid()),
        state: Set(RefundState::Succeeded.name().to_owned()),
        booked_at: Set(Some(tx.now())),
        ..Default::default()
    };
    refunds::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Notes that the money did not reach the buyer.
pub async fn set_failed(tx: &Tx, id: RefundId, failure: &str) -> Result<()> {
    let change = refunds::ActiveModel {
        id: Set(id.uuid()),
        state: Set(RefundState::Failed.name().to_owned()),
        failure: Set(Some(failure.chars().take(1000).collect())),
        failed_at: Set(Some(tx.now())),
        ..Default::default()
    };
    refunds::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

impl TryFrom<refunds::Model> for Refund {
    type Error = Error;
    fn try_from(row: refunds::Model) -> Result<Self> {
        let currency: Currency = row.currency.parse().map_err(unreadable)?;
        Ok(Self {
            id: RefundId(row.id),
            order: OrderId(row.order_id),
            charge: row.charge_id,
            request: row.request_id.map(RefundRequestId),
            state: RefundState::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            amount: Money::new(row.amount_minor, currency),
            reason: row.reason.as_deref().and_then(Reason::of),
            stripe_id: row.stripe_id,
            by: row.requested_by.map(UserId),
            revokes: row.revoke_access,
            booked_at: row.booked_at,
            created_at: row.created_at,
        })
    }
}
