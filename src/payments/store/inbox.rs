//! Events Stripe sent, each once.

use std::collections::HashSet;

use entity::stripe_events as events;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use stripe_gateway::webhook::Envelope;
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::kernel::{Instant, Result};
use crate::payments::model::{Endpoint, InboxEvent, Outcome};

/// Keeps an event; `None` if it is there already. What may not be handled is parked from the start, with the reason.
pub async fn keep(
    tx: &Tx,
    endpoint: Endpoint,
    event: &Envelope,
    payload: &str,
    parked: Option<&str>,
) -> Result<Option<Uuid>> {
    let id = tx.id();
    let row = events::ActiveModel {
        id: Set(id),
        stripe_id: Set(event.id.clone()),
        endpoint: Set(endpoint.name().to_owned()),
        kind: Set(event.kind.clone()),
        account: Set(event.account.clone()),
        livemode: Set(event.livemode),
        api_version: Set(event.api_version.clone()),
        object_id: Set(event.object_id.clone()),
        payload: Set(payload.to_owned()),
        state: Set(if parked.is_some() { "PARKED" } else { "RECEIVED" }.to_owned()),
        note: Set(parked.map(str::to_owned)),
        attempts: Set(0),
        received_at: Set(tx.now()),
        handled_at: Set(None),
    };
    let written = events::Entity::insert(row)
        .on_conflict(OnConflict::column(events::Column::StripeId).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok((written > 0).then_some(id))
}

/// An event by key.
pub async fn event(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<InboxEvent>> {
    Ok(events::Entity::find_by_id(id).one(conn).await?.map(InboxEvent::from))
}

/// Which of these events are in the inbox.
pub async fn known(conn: &impl ConnectionTrait, stripe_ids: &[&str]) -> Result<HashSet<String>> {
    let ids: Vec<String> = events::Entity::find()
        .select_only()
        .column(events::Column::StripeId)
        .filter(events::Column::StripeId.is_in(stripe_ids.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().collect())
}

/// Counts a try to handle an event.
pub async fn count_attempt(db: &Db, id: Uuid) -> Result<()> {
    events::Entity::update_many()
        .col_expr(events::Column::Attempts, Expr::col(events::Column::Attempts).add(1))
        .filter(events::Column::Id.eq(id))
        .exec(db.read())
        .await?;
    Ok(())
}

/// Notes what became of an event that was waiting.
pub async fn close_event(
    conn: &impl ConnectionTrait,
    id: Uuid,
    outcome: &Outcome,
    now: Instant,
) -> Result<()> {
    let change = events::ActiveModel {
        state: Set(outcome.name().to_owned()),
        note: Set(outcome.note().map(str::to_owned)),
        handled_at: Set((!matches!(outcome, Outcome::Parked(_))).then_some(now)),
        ..Default::default()
    };
    events::Entity::update_many()
        .set(change)
        .filter(events::Column::Id.eq(id))
        .filter(events::Column::State.eq("RECEIVED"))
        .exec(conn)
        .await?;
    Ok(())
}

/// Makes an event wait again, with all its tries before it.
pub async fn reopen_event(tx: &Tx, id: Uuid) -> Result<()> {
    let change = events::ActiveModel {
        id: Set(id),
        state: Set("RECEIVED".to_owned()),
        note: Set(None),
        attempts: Set(0),
        handled_at: Set(None),
        ..Default::default()
    };
    events::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Notes why an event could not be handled this time.
pub async fn note_failure(db: &Db, id: Uuid, why: &str) -> Result<()> {
    events::Entity::update_many()
        .col_expr(events::Column::Note, Expr::value(why.chars().take(500).collect::<String>()))
        .filter(events::Column::Id.eq(id))
        .filter(events::Column::State.eq("RECEIVED"))
        .exec(db.read())
        .await?;
    Ok(())
}

/// Events that have been waiting since before `before`.
pub async fn waiting(db: &Db, before: Instant) -> Result<Vec<Uuid>> {
    let rows: Vec<Uuid> = events::Entity::find()
        .select_only()
        .column(events::Column::Id)
        .filter(events::Column::State.eq("RECEIVED"))
        .filter(events::Column::ReceivedAt.lt(before))
        .order_by_asc(events::Column::ReceivedAt)
        .limit(200)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows)
}

impl From<events::Model> for InboxEvent {
    fn from(row: events::Model) -> Self {
        Self {
            id: row.id,
            stripe_id: row.stripe_id,
            endpoint: if row.endpoint == "CONNECT" { Endpoint::Connect } else { Endpoint::Platform },
            kind: row.kind,
            account: row.account,
            object: row.object_id,
            attempts: row.attempts,
            waiting: row.state == "RECEIVED",
            payload: row.payload,
        }
    }
}
