//! Events Stripe sent, each once.

use std::collections::{HashMap, HashSet};

use entity::stripe_events as events;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict, Query},
};
use stripe_gateway::webhook::Envelope;
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::kernel::{Instant, Result};
use crate::payments::model::{Endpoint, InboxEvent, Outcome};

/// An event to keep.
pub struct NewEvent<'a> {
    /// What it says of itself.
    pub envelope: &'a Envelope,
    /// All of it, as it came.
    pub payload: &'a str,
    /// Why it may not be handled; it is parked from the start then.
    pub parked: Option<&'static str>,
}

/// Keeps events, in one statement; gives our key for each that was not there yet, by Stripe's id.
pub async fn keep(tx: &Tx, endpoint: Endpoint, events: &[NewEvent<'_>]) -> Result<HashMap<String, Uuid>> {
    if events.is_empty() {
        return Ok(HashMap::new());
    }
    let mut insert = events::Entity::insert_many(events.iter().map(|event| row_of(tx, endpoint, event)))
        .on_conflict(OnConflict::column(events::Column::StripeId).do_nothing().to_owned())
        .into_query();
    insert.returning(Query::returning().columns([events::Column::StripeId, events::Column::Id]));
    let kept = tx.conn().query_all(&insert).await?;
    kept.iter().map(|row| Ok((row.try_get("", "stripe_id")?, row.try_get("", "id")?))).collect()
}

fn row_of(tx: &Tx, endpoint: Endpoint, event: &NewEvent<'_>) -> events::ActiveModel {
    let envelope = event.envelope;
    events::ActiveModel {
        id: Set(tx.id()),
        stripe_id: Set(envelope.id.clone()),
        endpoint: Set(endpoint.name().to_owned()),
        kind: Set(envelope.kind.clone()),
        account: Set(envelope.account.clone()),
        livemode: Set(envelope.livemode),
        api_version: Set(envelope.api_version.clone()),
        object_id: Set(envelope.object_id.clone()),
        payload: Set(event.payload.to_owned()),
        state: Set(if event.parked.is_some() { "PARKED" } else { "RECEIVED" }.to_owned()),
        note: Set(event.parked.map(str::to_owned)),
        attempts: Set(0),
        received_at: Set(tx.now()),
        handled_at: Set(None),
    }
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

/// An event that waits, with one more try to handle it counted; none if nothing is to be done about it.
pub async fn take_up(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<InboxEvent>> {
    let rows = events::Entity::update_many()
        .col_expr(events::Column::Attempts, Expr::col(events::Column::Attempts).add(1))
        .filter(events::Column::Id.eq(id))
        .filter(events::Column::State.eq("RECEIVED"))
        .exec_with_returning(conn)
        .await?;
    Ok(rows.into_iter().next().map(InboxEvent::from))
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
            payload: row.payload,
        }
    }
}
