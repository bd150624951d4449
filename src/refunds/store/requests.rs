//! Buyers' wishes.

use std::collections::HashMap;

use entity::refund_requests as requests;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::app::App;
use crate::checkout::model::Order;
use crate::db::Tx;
use crate::kernel::{
    CreatorId, Error, OrderId, Page, PageRequest, PublicId, RefundRequestId, Result, UserId,
};
use crate::refunds::model::{Reason, RefundRequest, RequestState};

use super::unreadable;

/// Writes a wish; `None` if this order has one.
pub async fn insert_request(
    tx: &Tx,
    order: &Order,
    buyer: UserId,
    reason: Reason,
    note: Option<&str>,
) -> Result<Option<RefundRequestId>> {
    let id = tx.id();
    let row = requests::ActiveModel {
        id: Set(id),
        order_id: Set(order.id.uuid()),
        creator_id: Set(order.creator.uuid()),
        buyer_id: Set(buyer.uuid()),
        state: Set(RequestState::Open.name().to_owned()),
        reason: Set(reason.name().to_owned()),
        note: Set(note.map(str::to_owned)),
        decided_by: Set(None),
        decision_note: Set(None),
        decided_at: Set(None),
        created_at: Set(tx.now()),
    };
    let written = requests::Entity::insert(row)
        .on_conflict(OnConflict::column(requests::Column::OrderId).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok((written > 0).then_some(RefundRequestId(id)))
}

/// A wish by key.
pub async fn request(conn: &impl ConnectionTrait, id: RefundRequestId) -> Result<Option<RefundRequest>> {
    requests::Entity::find_by_id(id.uuid()).one(conn).await?.map(RefundRequest::try_from).transpose()
}

/// The wishes of many orders.
pub async fn requests_of_orders(app: &App, orders: &[OrderId]) -> Result<HashMap<OrderId, RefundRequest>> {
    let rows = requests::Entity::find()
        .filter(requests::Column::OrderId.is_in(orders.iter().map(|id| id.uuid())))
        .all(app.db.read())
        .await?;
    rows.into_iter().map(|row| Ok((OrderId(row.order_id), RefundRequest::try_from(row)?))).collect()
}

/// A creator's wishes in this state (in any if none is named), newest first.
pub async fn requests_of_creator(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    state: Option<RequestState>,
    page: &PageRequest,
) -> Result<Page<RefundRequest>> {
    let mut query = requests::Entity::find().filter(requests::Column::CreatorId.eq(creator.uuid()));
    if let Some(state) = state {
        query = query.filter(requests::Column::State.eq(state.name()));
    }
    let after = page.after.as_ref().and_then(|key| key.first());
    if let Some(after) = after.and_then(|key| key.parse::<RefundRequestId>().ok()) {
        query = query.filter(requests::Column::Id.lt(after.uuid()));
    }
    let rows = query.order_by_desc(requests::Column::Id).limit(page.limit()).all(conn).await?;
    let found = rows.into_iter().map(RefundRequest::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, page))
}

/// Writes what was decided.
pub async fn set_decided(
    tx: &Tx,
    id: RefundRequestId,
    state: RequestState,
    by: UserId,
    note: Option<&str>,
) -> Result<()> {
    let change = requests::ActiveModel {
        id: Set(id.uuid()),
        state: Set(state.name().to_owned()),
        decided_by: Set(Some(by.uuid())),
        decision_note: Set(note.map(str::to_owned)),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    requests::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// The money did not reach the buyer: the wish waits for another decision.
pub async fn reopen(tx: &Tx, id: RefundRequestId) -> Result<()> {
    let change = requests::ActiveModel {
        id: Set(id.uuid()),
        state: Set(RequestState::Open.name().to_owned()),
        decided_by: Set(None),
        decided_at: Set(None),
        ..Default::default()
    };
    requests::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

impl TryFrom<requests::Model> for RefundRequest {
    type Error = Error;
    fn try_from(row: requests::Model) -> Result<Self> {
        Ok(Self {
            id: RefundRequestId(row.id),
            order: OrderId(row.order_id),
            creator: CreatorId(row.creator_id),
            buyer: UserId(row.buyer_id),
            state: RequestState::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            reason: Reason::of(&row.reason).ok_or_else(|| unreadable(&row.reason))?,
            note: row.note,
            decided_at: row.decided_at,
        })
    }
}
