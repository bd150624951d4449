//! Recordings that were asked of LiveKit. Whoever writes holds the session's lock.

use entity::session_recordings::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{AssetId, PublicId, Result, WorkshopSessionId};
use crate::workshops::model::{MOST_RECORDINGS, Recording};

impl From<Model> for Recording {
    fn from(row: Model) -> Self {
        Self {
            key: row.film_key,
            session: WorkshopSessionId(row.session_id),
            egress: row.egress_id,
            asked_at: row.asked_at,
            ended_at: row.ended_at,
            has_film: row.has_film,
            asset: row.asset_id.map(AssetId),
        }
    }
}

/// Notes that a recording is wanted; gives where it will lie. None while one is under way, or after too many that began.
pub async fn want_recording(tx: &Tx, session: WorkshopSessionId) -> Result<Option<String>> {
    if under_way(tx, session).await?.is_some() {
        return Ok(None);
    }
    let all = Entity::find().filter(Column::SessionId.eq(session.uuid()));
    let so_far = all.clone().count(tx.conn()).await?;
    let begun = all.filter(Column::EgressId.is_not_null()).count(tx.conn()).await?;
    if begun >= MOST_RECORDINGS {
        return Ok(None);
    }
    let key = format!("{}{}.mp4", Recording::folder(session), so_far + 1);
    let row = ActiveModel {
        film_key: Set(key.clone()),
        session_id: Set(session.uuid()),
        egress_id: Set(None),
        asked_at: Set(tx.now()),
        ended_at: Set(None),
        has_film: Set(false),
        asset_id: Set(None),
        settled_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(Some(key))
}

/// The recording of a session that is wanted or under way.
pub async fn under_way(tx: &Tx, session: WorkshopSessionId) -> Result<Option<Recording>> {
    let row = Entity::find().filter(Column::SessionId.eq(session.uuid())).filter(Column::EndedAt.is_null());
    Ok(row.one(tx.conn()).await?.map(Recording::from))
}

/// A recording by where it lies.
pub async fn recording(conn: &impl ConnectionTrait, key: &str) -> Result<Option<Recording>> {
    Ok(Entity::find_by_id(key.to_owned()).one(conn).await?.map(Recording::from))
}

/// A session's recording that LiveKit knows by this id; or one that has no id yet, and was asked to lie at one of `keys`.
pub async fn told_recording(
    tx: &Tx,
    session: WorkshopSessionId,
    egress: &str,
    keys: &[String],
) -> Result<Option<Recording>> {
    let rows = Entity::find().filter(Column::SessionId.eq(session.uuid())).all(tx.conn()).await?;
    let is_it = |row: &&Model| row.egress_id.as_deref() == Some(egress);
    let may_be = |row: &&Model| row.egress_id.is_none() && keys.contains(&row.film_key);
    let row = rows.iter().find(is_it).or_else(|| rows.iter().find(may_be));
    Ok(row.cloned().map(Recording::from))
}

/// Notes what LiveKit calls a recording that has begun.
pub async fn set_begun(tx: &Tx, key: &str, egress: &str) -> Result<()> {
    change(tx, key, ActiveModel { egress_id: Set(Some(egress.to_owned())), ..Default::default() }).await
}

/// Notes that a recording is over, and whether it has left a film.
pub async fn set_ended(tx: &Tx, key: &str, has_film: bool) -> Result<()> {
    let to = ActiveModel { ended_at: Set(Some(tx.now())), has_film: Set(has_film), ..Default::default() };
    change(tx, key, to).await
}

/// Notes what a film has become; none = nothing, it is too large.
pub async fn set_film(tx: &Tx, key: &str, asset: Option<AssetId>) -> Result<()> {
    let to = ActiveModel {
        has_film: Set(asset.is_some()),
        asset_id: Set(asset.map(PublicId::uuid)),
        ..Default::default()
    };
    change(tx, key, to).await
}

async fn change(tx: &Tx, key: &str, change: ActiveModel) -> Result<()> {
    let change = ActiveModel { film_key: Set(key.to_owned()), ..change };
    Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Sessions of which something may still become a recording to be watched: the next ones behind `last`, none at the end.
pub async fn unsettled(app: &App, last: Option<WorkshopSessionId>) -> Result<Vec<WorkshopSessionId>> {
    let open = Entity::find().select_only().column(Column::SessionId).distinct();
    let open = open.filter(Column::SettledAt.is_null()).order_by_asc(Column::SessionId).limit(200);
    let behind = last.map(|last| Column::SessionId.gt(last.uuid()));
    let open = open.filter(Condition::all().add_option(behind));
    let ids: Vec<Uuid> = open.into_tuple().all(app.db.read()).await?;
    Ok(ids.into_iter().map(WorkshopSessionId).collect())
}

/// What was recorded of a session and is not settled, the first first.
pub async fn unsettled_of(tx: &Tx, session: WorkshopSessionId) -> Result<Vec<Recording>> {
    let rows = Entity::find()
        .filter(Column::SessionId.eq(session.uuid()))
        .filter(Column::SettledAt.is_null())
        .order_by_asc(Column::AskedAt)
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(Recording::from).collect())
}

/// Nothing more comes of these.
pub async fn settle(tx: &Tx, recordings: &[Recording]) -> Result<()> {
    for one in recordings {
        let to = ActiveModel {
            ended_at: Set(Some(one.ended_at.unwrap_or(tx.now()))),
            settled_at: Set(Some(tx.now())),
            ..Default::default()
        };
        change(tx, &one.key, to).await?;
    }
    Ok(())
}
