//! Subtitles in the database.

use std::collections::HashMap;

use entity::{assets, caption_tracks};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{AssetId, PublicId, Result};
use crate::media::model::{Asset, CaptionTrack};

/// Subtitles to be kept.
#[derive(Clone, Debug)]
pub struct NewTrack {
    /// Of what.
    pub asset: AssetId,
    /// Where they are.
    pub file: AssetId,
    /// BCP 47.
    pub language: String,
    /// As people see it in a menu.
    pub label: String,
}

/// Keeps subtitles; those of the same language make way.
pub async fn put_track(tx: &Tx, new: NewTrack) -> Result<CaptionTrack> {
    caption_tracks::Entity::delete_many()
        .filter(caption_tracks::Column::AssetId.eq(new.asset.uuid()))
        .filter(caption_tracks::Column::Language.eq(&new.language))
        .exec(tx.conn())
        .await?;
    let row = caption_tracks::ActiveModel {
        id: Set(tx.id()),
        asset_id: Set(new.asset.uuid()),
        file_id: Set(new.file.uuid()),
        language: Set(new.language),
        label: Set(new.label),
        created_at: Set(tx.now()),
    };
    Ok(caption_tracks::Entity::insert(row).exec_with_returning(tx.conn()).await?.into())
}

/// The subtitles of some films and recordings, in order of language; those whose file was deleted are not there.
pub async fn tracks(
    conn: &impl ConnectionTrait,
    of: &[AssetId],
) -> Result<HashMap<AssetId, Vec<CaptionTrack>>> {
    let kept = assets::Entity::find().select_only().column(assets::Column::Id);
    let kept = kept.filter(assets::Column::DeletedAt.is_null());
    let rows = caption_tracks::Entity::find()
        .filter(caption_tracks::Column::AssetId.is_in(of.iter().map(|id| id.uuid())))
        .filter(caption_tracks::Column::FileId.in_subquery(kept.into_query()))
        .order_by_asc(caption_tracks::Column::Language)
        .all(conn)
        .await?;
    let mut found: HashMap<AssetId, Vec<CaptionTrack>> = HashMap::new();
    for row in rows {
        found.entry(AssetId(row.asset_id)).or_default().push(row.into());
    }
    Ok(found)
}

/// The subtitles of one film or recording, each with the file it is in.
pub async fn track_files(conn: &impl ConnectionTrait, of: AssetId) -> Result<Vec<(CaptionTrack, Asset)>> {
    let found = tracks(conn, &[of]).await?.remove(&of).unwrap_or_default();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let rows = assets::Entity::find()
        .filter(assets::Column::Id.is_in(found.iter().map(|track| track.file.uuid())))
        .all(conn)
        .await?;
    let files: HashMap<AssetId, Asset> = rows.into_iter().map(|row| (AssetId(row.id), row.into())).collect();
    let with_file = found.into_iter().filter_map(|track| {
        let file = files.get(&track.file).cloned()?;
        Some((track, file))
    });
    Ok(with_file.collect())
}

/// The subtitles of some films and recordings, for a loader.
pub async fn tracks_of(app: &App, of: &[AssetId]) -> Result<HashMap<AssetId, Vec<CaptionTrack>>> {
    tracks(app.db.read(), of).await
}
