//! What shows an asset: lessons of courses that people can see or have bought, recordings of workshops, covers,
//! trailers, portraits.
//!
//! The tables belong to rooms above this one; they are only counted here, so that nothing in use can be deleted.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::db;
use crate::kernel::{AssetId, LessonId, PublicId, Result};

/// A draft may lose its files; anything that was ever published has learners who keep access.
const IN_USE: &str = "SELECT 1 AS one WHERE
     EXISTS (SELECT 1 FROM lessons l JOIN offerings o ON o.id = l.offering_id
             WHERE l.media_asset_id = $1 AND o.published_at IS NOT NULL)
     OR EXISTS (SELECT 1 FROM lesson_attachments a JOIN lessons l ON l.id = a.lesson_id
                JOIN offerings o ON o.id = l.offering_id WHERE a.asset_id = $1 AND o.published_at IS NOT NULL)
     OR EXISTS (SELECT 1 FROM offerings o WHERE o.cover_asset_id = $1 AND o.published_at IS NOT NULL)
     OR EXISTS (SELECT 1 FROM courses c JOIN offerings o ON o.id = c.offering_id
                WHERE c.trailer_asset_id = $1 AND o.published_at IS NOT NULL)
     OR EXISTS (SELECT 1 FROM session_replays WHERE asset_id = $1)
     OR EXISTS (SELECT 1 FROM creators WHERE avatar_asset_id = $1 OR cover_asset_id = $1)
     OR EXISTS (SELECT 1 FROM users WHERE avatar_asset_id = $1)";

/// Whether something that people see, or have bought, shows this asset.
pub async fn in_use(conn: &impl ConnectionTrait, asset: AssetId) -> Result<bool> {
    let statement = db::sql(conn.get_database_backend(), IN_USE, [asset.uuid().into()]);
    Ok(conn.query_one_raw(statement).await?.is_some())
}

/// The lessons that use an asset, drafts too; at most 100.
pub async fn lessons(conn: &impl ConnectionTrait, asset: AssetId) -> Result<Vec<LessonId>> {
    let text = "SELECT id FROM lessons WHERE media_asset_id = $1
         UNION SELECT lesson_id AS id FROM lesson_attachments WHERE asset_id = $1 LIMIT 100";
    let rows = conn.query_all_raw(db::sql(conn.get_database_backend(), text, [asset.uuid().into()])).await?;
    let ids = rows.iter().map(|row| row.try_get::<Uuid>("", "id").map(LessonId));
    Ok(ids.collect::<std::result::Result<_, _>>()?)
}
