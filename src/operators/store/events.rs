//! The inbox as operators see it.

use chrono::Duration;
use entity::stripe_events as events;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::Db;
use crate::kernel::{Instant, Page, PageRequest, PublicId, Result, StripeEventId};

use super::super::model::{EventState, StripeEvent};
use super::behind;

/// What waits longer than this counts as failed.
const PATIENCE: Duration = Duration::minutes(15);

/// Events, newest first; with `failed_only` those that were parked or have waited too long.
pub async fn events(
    db: &Db,
    failed_only: bool,
    now: Instant,
    page: &PageRequest,
) -> Result<Page<StripeEvent>> {
    let mut query = events::Entity::find();
    if failed_only {
        let late = Condition::all()
            .add(events::Column::State.eq("RECEIVED"))
            .add(events::Column::ReceivedAt.lt(now - PATIENCE));
        query = query.filter(Condition::any().add(events::Column::State.eq("PARKED")).add(late));
    }
    if let Some(after) = behind::<StripeEventId>(page) {
        query = query.filter(events::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(events::Column::Id).limit(page.limit()).all(db.read()).await?;
    Ok(Page::cut(rows.into_iter().map(StripeEvent::from).collect(), page))
}

/// One event.
pub async fn event(conn: &impl ConnectionTrait, id: StripeEventId) -> Result<Option<StripeEvent>> {
    Ok(events::Entity::find_by_id(id.uuid()).one(conn).await?.map(StripeEvent::from))
}

impl From<events::Model> for StripeEvent {
    fn from(row: events::Model) -> Self {
        Self {
            id: StripeEventId(row.id),
            state: EventState::of(&row.state, row.attempts),
            stripe_id: row.stripe_id,
            kind: row.kind,
            account: row.account,
            object: row.object_id,
            attempts: row.attempts,
            note: row.note,
            received_at: row.received_at,
        }
    }
}
