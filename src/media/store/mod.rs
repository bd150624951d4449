//! Assets, uploads and grants in the database.

mod grants;
mod renditions;
pub mod uses;

use std::collections::HashMap;

use entity::{assets, creators, uploads};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{self, Db, Tx};
use crate::kernel::{
    AssetId, CreatorId, Fault, Instant, Page, PageRequest, PublicId, Result, UploadId, UserId,
};

use crate::media::model::{Asset, Failure, Kind, Purpose, State, Upload};

pub use grants::{
    EndedBy, Grant, GrantUse, Grantee, end_grants, extend_grant, grant, insert_grant, live_grants,
    prune_grants,
};
pub use renditions::{
    Measured, forget_renditions, insert_rendition, is_rendition, posters, renditions, set_processed,
    set_processing, set_progress, set_unprocessable,
};

/// A promise of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// None = the uploader's own.
    pub creator: Option<CreatorId>,
    /// What for.
    pub purpose: Purpose,
    /// What it is.
    pub kind: Kind,
    /// Checked.
    pub filename: String,
    /// From the list of accepted types.
    pub content_type: &'static str,
    /// Bytes.
    pub byte_size: i64,
    /// Lower-case hex.
    pub sha256: Option<String>,
}

/// Writes an asset that waits for its bytes, and its upload.
pub async fn insert(
    tx: &Tx,
    uploader: UserId,
    promise: &Promise,
    idempotency_key: Option<Uuid>,
    expires_at: Instant,
) -> Result<Upload> {
    let (asset, upload) = (tx.id(), tx.id());
    let row = assets::ActiveModel {
        id: Set(asset),
        creator_id: Set(promise.creator.map(PublicId::uuid)),
        uploader_id: Set(uploader.uuid()),
        purpose: Set(promise.purpose.name().to_owned()),
        kind: Set(promise.kind.name().to_owned()),
        state: Set(State::AwaitingUpload.name().to_owned()),
        failure: Set(None),
        filename: Set(promise.filename.clone()),
        content_type: Set(promise.content_type.to_owned()),
        byte_size: Set(promise.byte_size),
        sha256: Set(promise.sha256.clone()),
        object_key: Set(None),
        width: Set(None),
        height: Set(None),
        duration_seconds: Set(None),
        alt_text: Set(String::new()),
        title: Set(None),
        created_at: Set(tx.now()),
        ready_at: Set(None),
        processing_basis_points: Set(None),
        deleted_at: Set(None),
    };
    assets::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let row = uploads::ActiveModel {
        id: Set(upload),
        asset_id: Set(asset),
        uploader_id: Set(uploader.uuid()),
        upload_key: Set(format!("q/{}/{}", owner(promise.creator, uploader), upload.simple())),
        idempotency_key: Set(idempotency_key),
        expires_at: Set(expires_at),
        completed_at: Set(None),
        aborted_at: Set(None),
        created_at: Set(tx.now()),
    };
    Ok(uploads::Entity::insert(row).exec_with_returning(tx.conn()).await?.into())
}

/// Under whose name a file's bytes lie.
pub fn owner(creator: Option<CreatorId>, uploader: UserId) -> String {
    creator.map_or_else(|| uploader.to_string(), |creator| creator.to_string())
}

/// Makes promises for one studio, or by one person, wait for each other, so that limits are exact.
pub async fn queue_up(tx: &Tx, creator: Option<CreatorId>, uploader: UserId) -> Result<()> {
    if let Some(creator) = creator {
        creators::Entity::find_by_id(creator.uuid()).lock_exclusive().one(tx.conn()).await?;
    }
    entity::users::Entity::find_by_id(uploader.uuid()).lock_exclusive().one(tx.conn()).await?;
    Ok(())
}

/// The bytes a studio keeps or has promised.
pub async fn bytes_of(tx: &Tx, creator: CreatorId) -> Result<i64> {
    let text = "SELECT CAST(COALESCE(SUM(byte_size), 0) AS BIGINT) AS bytes FROM assets
         WHERE creator_id = $1 AND deleted_at IS NULL AND state NOT IN ('FAILED', 'EXPIRED')";
    let statement = db::sql(tx.conn().get_database_backend(), text, [creator.uuid().into()]);
    let row = tx.conn().query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "bytes")).transpose()?.unwrap_or(0))
}

/// How many uploads of a person are open.
pub async fn open_uploads(tx: &Tx, uploader: UserId) -> Result<u64> {
    let open = uploads::Entity::find()
        .filter(uploads::Column::UploaderId.eq(uploader.uuid()))
        .filter(uploads::Column::CompletedAt.is_null())
        .filter(uploads::Column::AbortedAt.is_null())
        .filter(uploads::Column::ExpiresAt.gt(tx.now()));
    Ok(open.count(tx.conn()).await?)
}

/// A person's upload with this idempotency key, and its asset.
pub async fn upload_by_key(
    conn: &impl ConnectionTrait,
    uploader: UserId,
    key: Uuid,
) -> Result<Option<(Upload, Asset)>> {
    let found = uploads::Entity::find()
        .filter(uploads::Column::UploaderId.eq(uploader.uuid()))
        .filter(uploads::Column::IdempotencyKey.eq(key))
        .one(conn)
        .await?;
    with_asset(conn, found).await
}

/// A person's own upload, and its asset.
pub async fn upload(
    conn: &impl ConnectionTrait,
    uploader: UserId,
    id: UploadId,
) -> Result<Option<(Upload, Asset)>> {
    let found = uploads::Entity::find_by_id(id.uuid())
        .filter(uploads::Column::UploaderId.eq(uploader.uuid()))
        .one(conn)
        .await?;
    with_asset(conn, found).await
}

async fn with_asset(
    conn: &impl ConnectionTrait,
    found: Option<uploads::Model>,
) -> Result<Option<(Upload, Asset)>> {
    let Some(upload) = found else { return Ok(None) };
    let asset = assets::Entity::find_by_id(upload.asset_id).one(conn).await?;
    let asset = asset.ok_or_else(|| Fault::new("reading an upload", "it has no asset"))?;
    Ok(Some((upload.into(), asset.into())))
}

/// An upload's quarantine key, for its clean-up.
pub async fn upload_key(db: &Db, id: UploadId) -> Result<Option<String>> {
    Ok(uploads::Entity::find_by_id(id.uuid()).one(db.read()).await?.map(|upload| upload.upload_key))
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
}

/// Makes a waiting asset READY; false if it does not wait any more.
pub async fn set_ready(tx: &Tx, asset: AssetId, key: &str, verified: &Verified) -> Result<bool> {
    let change = assets::ActiveModel {
        state: Set(State::Ready.name().to_owned()),
        object_key: Set(Some(key.to_owned())),
        sha256: Set(Some(verified.sha256.clone())),
        width: Set(verified.size.map(|(width, _)| width)),
        height: Set(verified.size.map(|(_, height)| height)),
        duration_seconds: Set(verified.duration_seconds),
        ready_at: Set(Some(tx.now())),
        ..Default::default()
    };
    leave_waiting(tx, asset, change).await
}

/// Makes a waiting asset FAILED; false if it does not wait any more.
pub async fn set_failed(tx: &Tx, asset: AssetId, failure: Failure) -> Result<bool> {
    let change = assets::ActiveModel {
        state: Set(State::Failed.name().to_owned()),
        failure: Set(Some(failure.name().to_owned())),
        ..Default::default()
    };
    leave_waiting(tx, asset, change).await
}

/// Makes a waiting asset EXPIRED; false if it does not wait any more.
pub async fn set_expired(tx: &Tx, asset: AssetId) -> Result<bool> {
    let change = assets::ActiveModel { state: Set(State::Expired.name().to_owned()), ..Default::default() };
    leave_waiting(tx, asset, change).await
}

async fn leave_waiting(tx: &Tx, asset: AssetId, change: assets::ActiveModel) -> Result<bool> {
    let changed = assets::Entity::update_many()
        .set(change)
        .filter(assets::Column::Id.eq(asset.uuid()))
        .filter(assets::Column::State.eq(State::AwaitingUpload.name()))
        .exec(tx.conn())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Notes that an upload's fate is decided.
pub async fn close_upload(tx: &Tx, id: UploadId, aborted: bool) -> Result<()> {
    let now = Some(tx.now());
    let mut change = uploads::ActiveModel { id: Set(id.uuid()), ..Default::default() };
    if aborted {
        change.aborted_at = Set(now);
    } else {
        change.completed_at = Set(now);
    }
    uploads::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Open uploads whose time is over.
pub async fn overdue(db: &Db, now: Instant, limit: u64) -> Result<Vec<Upload>> {
    let rows = uploads::Entity::find()
        .filter(uploads::Column::CompletedAt.is_null())
        .filter(uploads::Column::AbortedAt.is_null())
        .filter(uploads::Column::ExpiresAt.lte(now))
        .order_by_asc(uploads::Column::ExpiresAt)
        .limit(limit)
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(Upload::from).collect())
}

/// Which of these quarantine keys belong to uploads that are still open at `now`.
pub async fn still_open(db: &Db, keys: &[String], now: Instant) -> Result<Vec<String>> {
    let rows = uploads::Entity::find()
        .filter(uploads::Column::UploadKey.is_in(keys.iter().map(String::as_str)))
        .all(db.read())
        .await?;
    let open = rows.into_iter().map(Upload::from).filter(|upload| upload.is_open_at(now));
    Ok(open.map(|upload| upload.key).collect())
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
