//! Assets, uploads and grants in the database.

mod chapters;
mod grants;
mod renditions;
pub mod stock;
mod tracks;
mod uploads;
pub mod uses;

use std::collections::HashMap;

use entity::assets;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{self, Db, Tx};
use crate::kernel::{AssetId, CreatorId, Page, PageRequest, PublicId, Result};

use crate::media::model::{Asset, Failure, State};
use crate::media::pdf::Pages;

pub use chapters::{chapters_of, put_chapters};
pub use grants::{
    EndedBy, Grant, GrantUse, Grantee, end_grants, extend_grant, grant, insert_grant, live_grants,
    prune_grants,
};
pub use renditions::{
    Measured, forget_renditions, insert_rendition, is_rendition, posters, renditions, set_processed,
    set_processing, set_progress, set_unprocessable,
};
pub use tracks::{NewTrack, put_track, track_files, tracks, tracks_of};
pub use uploads::*;

/// The bytes a studio keeps or has promised.
pub async fn bytes_of(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<i64> {
    let text = "SELECT CAST(COALESCE(SUM(byte_size), 0) AS BIGINT) AS bytes FROM assets
         WHERE creator_id = $1 AND deleted_at IS NULL AND state NOT IN ('FAILED', 'EXPIRED')";
    let statement = db::sql(conn.get_database_backend(), text, [creator.uuid().into()]);
    let row = conn.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "bytes")).transpose()?.unwrap_or(0))
}

/// What verification found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Lower-case hex.
    pub sha256: String,
    /// Pixels.
    pub size: Option<(i32, i32)>,
    /// Where the container says.
    pub duration_seconds: Option<i32>,
    /// Of a PDF.
    pub pages: Pages,
    /// Of a picture: what was made of it.
    pub made: Option<MadePicture>,
}

/// The picture that is kept instead of the one that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadePicture {
    /// Its type.
    pub content_type: &'static str,
    /// Its length in bytes.
    pub byte_size: i64,
    /// Base64.
    pub thumbhash: String,
}

/// Notes that all bytes of a waiting asset are there; false if it does not wait any more.
pub async fn set_uploaded(tx: &Tx, asset: AssetId) -> Result<bool> {
    let change = assets::ActiveModel { state: Set(State::Uploaded.name().to_owned()), ..Default::default() };
    leave(tx, asset, &[State::AwaitingUpload], change).await
}

/// Makes an unverified asset READY; false if it was decided upon before.
pub async fn set_ready(tx: &Tx, asset: AssetId, key: &str, verified: &Verified) -> Result<bool> {
    let mut change = assets::ActiveModel {
        state: Set(State::Ready.name().to_owned()),
        object_key: Set(Some(key.to_owned())),
        sha256: Set(Some(verified.sha256.clone())),
        width: Set(verified.size.map(|(width, _)| width)),
        height: Set(verified.size.map(|(_, height)| height)),
        duration_seconds: Set(verified.duration_seconds),
        page_count: Set(verified.pages.count),
        document_problem: Set(verified.pages.problem.map(|problem| problem.name().to_owned())),
        ready_at: Set(Some(tx.now())),
        ..Default::default()
    };
    if let Some(made) = &verified.made {
        change.content_type = Set(made.content_type.to_owned());
        change.byte_size = Set(made.byte_size);
        change.thumbhash = Set(Some(made.thumbhash.clone()));
    }
    leave(tx, asset, UNVERIFIED, change).await
}

/// Makes an unverified asset FAILED; false if it was decided upon before.
pub async fn set_failed(tx: &Tx, asset: AssetId, failure: Failure) -> Result<bool> {
    let change = assets::ActiveModel {
        state: Set(State::Failed.name().to_owned()),
        failure: Set(Some(failure.name().to_owned())),
        ..Default::default()
    };
    leave(tx, asset, UNVERIFIED, change).await
}

/// Makes a waiting asset EXPIRED; false if it does not wait any more.
pub async fn set_expired(tx: &Tx, asset: AssetId) -> Result<bool> {
    let change = assets::ActiveModel { state: Set(State::Expired.name().to_owned()), ..Default::default() };
    leave(tx, asset, &[State::AwaitingUpload], change).await
}

/// States in which nobody has looked at the bytes yet.
const UNVERIFIED: &[State] = &[State::AwaitingUpload, State::Uploaded];

async fn leave(tx: &Tx, asset: AssetId, from: &[State], change: assets::ActiveModel) -> Result<bool> {
    let changed = assets::Entity::update_many()
        .set(change)
        .filter(assets::Column::Id.eq(asset.uuid()))
        .filter(assets::Column::State.is_in(from.iter().map(|state| state.name())))
        .exec(tx.conn())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Many assets by key, deleted ones left out.
pub async fn by_id(app: &App, ids: &[AssetId]) -> Result<HashMap<AssetId, Asset>> {
    let rows = assets::Entity::find()
        .filter(assets::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(assets::Column::DeletedAt.is_null())
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| (AssetId(row.id), row.into())).collect())
}

/// An asset that was not deleted.
pub async fn asset(conn: &impl ConnectionTrait, id: AssetId) -> Result<Option<Asset>> {
    let row =
        assets::Entity::find_by_id(id.uuid()).filter(assets::Column::DeletedAt.is_null()).one(conn).await?;
    Ok(row.map(Asset::from))
}

/// An asset that was not deleted; inside a transaction it cannot be deleted until the end.
pub async fn kept(conn: &impl ConnectionTrait, id: AssetId) -> Result<Option<Asset>> {
    let row = assets::Entity::find_by_id(id.uuid())
        .filter(assets::Column::DeletedAt.is_null())
        .lock_shared()
        .one(conn)
        .await?;
    Ok(row.map(Asset::from))
}

/// An asset that was not deleted, held until the transaction ends.
pub async fn locked(tx: &Tx, id: AssetId) -> Result<Option<Asset>> {
    let row = assets::Entity::find_by_id(id.uuid())
        .filter(assets::Column::DeletedAt.is_null())
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    Ok(row.map(Asset::from))
}

/// Where an asset's bytes lie, deleted or not.
pub async fn object_key(db: &Db, id: AssetId) -> Result<Option<String>> {
    Ok(assets::Entity::find_by_id(id.uuid()).one(db.read()).await?.and_then(|row| row.object_key))
}

/// Where a deleted asset's bytes lie; `None` if it was not deleted.
pub async fn deleted_key(db: &Db, id: AssetId) -> Result<Option<String>> {
    let row =
        assets::Entity::find_by_id(id.uuid()).filter(assets::Column::DeletedAt.is_not_null()).one(db.read());
    Ok(row.await?.and_then(|row| row.object_key))
}

/// Changes what is said about an asset; what is none stays.
pub async fn describe(tx: &Tx, id: AssetId, alt_text: Option<String>, title: Option<String>) -> Result<()> {
    if alt_text.is_none() && title.is_none() {
        return Ok(());
    }
    let mut change = assets::ActiveModel { id: Set(id.uuid()), ..Default::default() };
    if let Some(alt_text) = alt_text {
        change.alt_text = Set(alt_text);
    }
    if let Some(title) = title {
        change.title = Set(Some(title).filter(|title| !title.is_empty()));
    }
    assets::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Puts a tombstone on an asset.
pub async fn set_deleted(tx: &Tx, id: AssetId) -> Result<()> {
    let change =
        assets::ActiveModel { id: Set(id.uuid()), deleted_at: Set(Some(tx.now())), ..Default::default() };
    assets::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// A studio's assets, newest first.
pub async fn of_creator(
    db: &Db,
    creator: CreatorId,
    state: Option<State>,
    page: &PageRequest,
) -> Result<Page<Asset>> {
    let mut rows = assets::Entity::find()
        .filter(assets::Column::CreatorId.eq(creator.uuid()))
        .filter(assets::Column::DeletedAt.is_null())
        .order_by_desc(assets::Column::Id)
        .limit(page.limit());
    if let Some(state) = state {
        rows = rows.filter(assets::Column::State.eq(state.name()));
    }
    if let Some(key) =
        page.after.as_ref().and_then(|key| key.first()).and_then(|key| key.parse::<Uuid>().ok())
    {
        rows = rows.filter(assets::Column::Id.lt(key));
    }
    let rows = rows.all(db.read()).await?;
    Ok(Page::cut(rows.into_iter().map(Asset::from).collect(), page))
}
