//! What hosts have taken from people in rooms. Whoever writes holds the session's lock.

use std::collections::HashMap;

use entity::room_limits::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter};

use crate::app::App;
use crate::db::{Tx, any_pair};
use crate::kernel::{PublicId, Result, UserId, WorkshopSessionId};
use crate::workshops::model::{Limit, Limits};

use super::holders::{Pair, keys};

impl From<Model> for Limits {
    fn from(row: Model) -> Self {
        Self { muted_at: row.muted_at, removed_at: row.removed_at }
    }
}

/// What hosts have taken from somebody at a session.
pub async fn limits(conn: &impl ConnectionTrait, session: WorkshopSessionId, user: UserId) -> Result<Limits> {
    let row = Entity::find_by_id((session.uuid(), user.uuid())).one(conn).await?;
    Ok(row.map(Limits::from).unwrap_or_default())
}

/// The same for many people at many sessions; who is missing has lost nothing.
pub async fn limits_of_pairs(app: &App, pairs: &[Pair]) -> Result<HashMap<Pair, Limits>> {
    let rows = Entity::find()
        .filter(any_pair(Column::UserId, Column::SessionId, keys(pairs)))
        .all(app.db.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ((UserId(row.user_id), WorkshopSessionId(row.session_id)), row.into()))
        .collect())
}

/// Writes that `by` takes this from somebody now, or gives it back.
pub async fn set_limit(tx: &Tx, (user, session): Pair, limit: Limit, is_on: bool, by: UserId) -> Result<()> {
    let (at, by) = (is_on.then(|| tx.now()), is_on.then(|| by.uuid()));
    let nothing = ActiveModel {
        session_id: Set(session.uuid()),
        user_id: Set(user.uuid()),
        muted_at: Set(None),
        muted_by: Set(None),
        removed_at: Set(None),
        removed_by: Set(None),
    };
    let (row, columns) = match limit {
        Limit::Muted => (
            ActiveModel { muted_at: Set(at), muted_by: Set(by), ..nothing },
            [Column::MutedAt, Column::MutedBy],
        ),
        Limit::Removed => (
            ActiveModel { removed_at: Set(at), removed_by: Set(by), ..nothing },
            [Column::RemovedAt, Column::RemovedBy],
        ),
    };
    let again = OnConflict::columns([Column::SessionId, Column::UserId]).update_columns(columns).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}
