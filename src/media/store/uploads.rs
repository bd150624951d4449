//! Promises of files and the way their bytes come in, in the database.

use entity::{assets, creators, uploads};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::kernel::{CreatorId, Fault, Instant, PublicId, Result, UploadId, UserId};
use crate::media::model::{Asset, Kind, Parts, Purpose, State, Upload};

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
    /// How it comes in; none = all at once.
    pub parts: Option<Parts>,
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
        page_count: Set(None),
        document_problem: Set(None),
        thumbhash: Set(None),
        processing_basis_points: Set(None),
        alt_text: Set(String::new()),
        title: Set(None),
        created_at: Set(tx.now()),
        ready_at: Set(None),
        deleted_at: Set(None),
    };
    assets::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let row = uploads::ActiveModel {
        id: Set(upload),
        asset_id: Set(asset),
        uploader_id: Set(uploader.uuid()),
        upload_key: Set(format!("q/{}/{}", owner(promise.creator, uploader), upload.simple())),
        part_size: Set(promise.parts.map(|parts| parts.size)),
        store_upload_id: Set(None),
        idempotency_key: Set(idempotency_key),
        expires_at: Set(expires_at),
        completed_at: Set(None),
        aborted_at: Set(None),
        created_at: Set(tx.now()),
    };
    Ok(uploads::Entity::insert(row).exec_with_returning(tx.conn()).await?.into())
}

/// Says that an upload's bytes lie elsewhere than in quarantine: nobody was given a link to them.
pub async fn set_upload_key(tx: &Tx, id: UploadId, key: &str) -> Result<()> {
    let to =
        uploads::ActiveModel { id: Set(id.uuid()), upload_key: Set(key.to_owned()), ..Default::default() };
    uploads::Entity::update(to).exec(tx.conn()).await?;
    Ok(())
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

/// An upload as such, for its clean-up and its verification.
pub async fn upload_by_id(db: &Db, id: UploadId) -> Result<Option<Upload>> {
    Ok(uploads::Entity::find_by_id(id.uuid()).one(db.read()).await?.map(Upload::from))
}

/// The store's name for an upload in parts, if it was begun there.
pub async fn store_upload_id(db: &Db, id: UploadId) -> Result<Option<String>> {
    Ok(upload_by_id(db, id).await?.and_then(|upload| upload.store_upload_id))
}

/// Notes that an upload in parts was begun at the store; false if somebody else has begun it.
pub async fn note_begun(tx: &Tx, id: UploadId, store_upload_id: &str) -> Result<bool> {
    let change =
        uploads::ActiveModel { store_upload_id: Set(Some(store_upload_id.to_owned())), ..Default::default() };
    let changed = uploads::Entity::update_many()
        .set(change)
        .filter(uploads::Column::Id.eq(id.uuid()))
        .filter(uploads::Column::StoreUploadId.is_null())
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

/// Which uploads of these quarantine keys are still open at `now`, or wait for their verification.
pub async fn still_needed(db: &Db, keys: &[String], now: Instant) -> Result<Vec<Upload>> {
    let rows = uploads::Entity::find()
        .filter(uploads::Column::UploadKey.is_in(keys.iter().map(String::as_str)))
        .all(db.read())
        .await?;
    let unverified: Vec<Uuid> = assets::Entity::find()
        .select_only()
        .column(assets::Column::Id)
        .filter(assets::Column::Id.is_in(rows.iter().map(|row| row.asset_id)))
        .filter(assets::Column::State.eq(State::Uploaded.name()))
        .filter(assets::Column::DeletedAt.is_null())
        .into_tuple()
        .all(db.read())
        .await?;
    let uploads = rows.into_iter().map(Upload::from);
    Ok(uploads.filter(|upload| upload.is_open_at(now) || unverified.contains(&upload.asset.uuid())).collect())
}
