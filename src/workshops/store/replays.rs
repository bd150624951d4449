//! Sessions' recordings. Whoever writes holds the session's lock.

use std::collections::HashMap;

use entity::session_replays::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::ReplayPolicy;
use crate::db::{self, Tx};
use crate::kernel::{AssetId, PublicId, Result, WorkshopSessionId};
use crate::workshops::model::Replay;

impl From<Model> for Replay {
    fn from(row: Model) -> Self {
        Self { session: WorkshopSessionId(row.session_id), asset: AssetId(row.asset_id), since: row.since }
    }
}

/// A session's recording.
pub async fn replay(conn: &impl ConnectionTrait, session: WorkshopSessionId) -> Result<Option<Replay>> {
    Ok(Entity::find_by_id(session.uuid()).one(conn).await?.map(Replay::from))
}

/// The recordings of many sessions.
pub async fn replays_by_session(
    app: &App,
    sessions: &[WorkshopSessionId],
) -> Result<HashMap<WorkshopSessionId, Replay>> {
    let ids = sessions.iter().map(|id| id.uuid());
    let rows = Entity::find().filter(Column::SessionId.is_in(ids)).all(app.db.read()).await?;
    Ok(rows.into_iter().map(Replay::from).map(|replay| (replay.session, replay)).collect())
}

/// Sets a session's recording. Where there was one, another file takes its place: nothing begins anew, nobody is told
/// again.
pub async fn set_replay(tx: &Tx, session: WorkshopSessionId, asset: AssetId) -> Result<()> {
    let row = ActiveModel {
        session_id: Set(session.uuid()),
        asset_id: Set(asset.uuid()),
        since: Set(tx.now()),
        told_as: Set(None),
        updated_at: Set(tx.now()),
    };
    let replaced =
        OnConflict::column(Column::SessionId).update_columns([Column::AssetId, Column::UpdatedAt]).to_owned();
    Entity::insert(row).on_conflict(replaced).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// There is none any more; whether there was one.
pub async fn clear_replay(tx: &Tx, session: WorkshopSessionId) -> Result<bool> {
    Ok(Entity::delete_by_id(session.uuid()).exec(tx.conn()).await?.rows_affected > 0)
}

/// Notes that everybody who may watch under this policy has heard of it.
pub async fn set_told(tx: &Tx, session: WorkshopSessionId, policy: ReplayPolicy) -> Result<()> {
    set_told_as(tx, session, Some(policy)).await.map(drop)
}

/// Notes that somebody more may have to hear of it; whether there is a recording at all.
pub async fn forget_told(tx: &Tx, session: WorkshopSessionId) -> Result<bool> {
    set_told_as(tx, session, None).await
}

async fn set_told_as(tx: &Tx, session: WorkshopSessionId, policy: Option<ReplayPolicy>) -> Result<bool> {
    let to = ActiveModel {
        told_as: Set(policy.map(|policy| policy.name().to_owned())),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let changed = Entity::update_many().set(to).filter(Column::SessionId.eq(session.uuid()));
    Ok(changed.exec(tx.conn()).await?.rows_affected > 0)
}

/// Sessions whose recordings somebody may not have heard of under the policy that their workshop has now.
pub async fn untold(app: &App) -> Result<Vec<WorkshopSessionId>> {
    let text = "SELECT r.session_id AS id FROM session_replays r
         JOIN workshop_sessions s ON s.id = r.session_id JOIN workshops w ON w.offering_id = s.workshop_id
         JOIN offerings o ON o.id = w.offering_id AND o.status <> 'TAKEN_DOWN'
         WHERE (r.told_as IS NULL OR r.told_as <> w.replay_policy)
         ORDER BY r.session_id LIMIT 200";
    let rows = app.db.read().query_all_raw(db::sql(app.db.backend(), text, [])).await?;
    let ids = rows.iter().map(|row| row.try_get::<Uuid>("", "id").map(WorkshopSessionId));
    Ok(ids.collect::<std::result::Result<_, _>>()?)
}
