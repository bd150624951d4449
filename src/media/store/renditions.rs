//! What was made of films and recordings, and how far the making is.

use std::collections::HashMap;

use entity::{assets, renditions};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

use crate::app::App;
use crate::db::{Db, Tx};
use crate::kernel::{AssetId, PublicId, Result};
use crate::media::model::{Chapter, Failure, State};
use crate::media::rendition::{Rendition, RenditionKind};

use super::{UNVERIFIED, Verified, leave, put_chapters};

/// Makes a waiting asset PROCESSING, its original in place; false if it does not wait any more.
pub async fn set_processing(tx: &Tx, asset: AssetId, key: &str, verified: &Verified) -> Result<bool> {
    let change = assets::ActiveModel {
        state: Set(State::Processing.name().to_owned()),
        object_key: Set(Some(key.to_owned())),
        sha256: Set(Some(verified.sha256.clone())),
        width: Set(verified.size.map(|(width, _)| width)),
        height: Set(verified.size.map(|(_, height)| height)),
        duration_seconds: Set(verified.duration_seconds),
        processing_basis_points: Set(Some(0)),
        ..Default::default()
    };
    leave(tx, asset, UNVERIFIED, change).await
}

/// What processing found out about an original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// As it is shown, in pixels.
    pub size: Option<(i32, i32)>,
    /// Rounded up.
    pub duration_seconds: Option<i32>,
    /// Those it brought along, put in order.
    pub chapters: Vec<Chapter>,
}

/// Makes a PROCESSING asset READY; false if it is not PROCESSING any more. What was not measured stays as it was.
pub async fn set_processed(tx: &Tx, asset: AssetId, measured: Measured) -> Result<bool> {
    let mut change = assets::ActiveModel {
        state: Set(State::Ready.name().to_owned()),
        processing_basis_points: Set(None),
        ready_at: Set(Some(tx.now())),
        ..Default::default()
    };
    if let Some((width, height)) = measured.size {
        (change.width, change.height) = (Set(Some(width)), Set(Some(height)));
    }
    if let Some(seconds) = measured.duration_seconds {
        change.duration_seconds = Set(Some(seconds));
    }
    let changed = leave_processing(tx.conn(), asset, change).await?;
    if changed && !measured.chapters.is_empty() {
        put_chapters(tx, asset, measured.chapters).await?;
    }
    Ok(changed)
}

/// Makes a PROCESSING asset FAILED, without any bytes; false if it is not PROCESSING any more.
pub async fn set_unprocessable(tx: &Tx, asset: AssetId, failure: Failure) -> Result<bool> {
    let change = assets::ActiveModel {
        state: Set(State::Failed.name().to_owned()),
        failure: Set(Some(failure.name().to_owned())),
        object_key: Set(None),
        processing_basis_points: Set(None),
        ..Default::default()
    };
    leave_processing(tx.conn(), asset, change).await
}

/// Says how far processing is, as long as it goes on.
pub async fn set_progress(tx: &Tx, asset: AssetId, basis_points: i32) -> Result<()> {
    let change =
        assets::ActiveModel { processing_basis_points: Set(Some(basis_points)), ..Default::default() };
    leave_processing(tx.conn(), asset, change).await.map(drop)
}

async fn leave_processing(
    conn: &impl ConnectionTrait,
    asset: AssetId,
    change: assets::ActiveModel,
) -> Result<bool> {
    let changed = assets::Entity::update_many()
        .set(change)
        .filter(assets::Column::Id.eq(asset.uuid()))
        .filter(assets::Column::State.eq(State::Processing.name()))
        .exec(conn)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Writes down a finished rendition. The same one twice is the first one.
pub async fn insert_rendition(tx: &Tx, made: &Rendition) -> Result<()> {
    let row = renditions::ActiveModel {
        id: Set(tx.id()),
        asset_id: Set(made.asset.uuid()),
        kind: Set(made.kind.name().to_owned()),
        name: Set(made.name.clone()),
        width: Set(made.width),
        height: Set(made.height),
        bits_per_second: Set(made.bits_per_second),
        codecs: Set(made.codecs.clone()),
        content_type: Set(made.content_type.clone()),
        object_key: Set(made.object_key.clone()),
        byte_size: Set(made.byte_size),
        duration_ms: Set(made.duration_ms),
        playlist: Set(made.playlist.clone()),
        created_at: Set(tx.now()),
    };
    let same = [renditions::Column::AssetId, renditions::Column::Kind, renditions::Column::Name];
    renditions::Entity::insert(row)
        .on_conflict(OnConflict::columns(same).do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Everything that was made of an asset, in the order in which it was made.
pub async fn renditions(conn: &impl ConnectionTrait, asset: AssetId) -> Result<Vec<Rendition>> {
    let rows = renditions::Entity::find()
        .filter(renditions::Column::AssetId.eq(asset.uuid()))
        .order_by_asc(renditions::Column::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(Rendition::read).collect())
}

/// The posters of many assets.
pub async fn posters(app: &App, assets: &[AssetId]) -> Result<HashMap<AssetId, Rendition>> {
    let rows = renditions::Entity::find()
        .filter(renditions::Column::AssetId.is_in(assets.iter().map(|id| id.uuid())))
        .filter(renditions::Column::Kind.eq(RenditionKind::Poster.name()))
        .all(app.db.read())
        .await?;
    let posters = rows.into_iter().filter_map(Rendition::read);
    Ok(posters.map(|poster| (poster.asset, poster)).collect())
}

/// Whether an object belongs to a rendition.
pub async fn is_rendition(db: &Db, key: &str) -> Result<bool> {
    let row = renditions::Entity::find().filter(renditions::Column::ObjectKey.eq(key)).one(db.read()).await?;
    Ok(row.is_some())
}

/// Forgets everything that was made of an asset; its objects are the caller's.
pub async fn forget_renditions(conn: &impl ConnectionTrait, asset: AssetId) -> Result<()> {
    renditions::Entity::delete_many().filter(renditions::Column::AssetId.eq(asset.uuid())).exec(conn).await?;
    Ok(())
}
