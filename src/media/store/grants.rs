//! Permissions to play, as they were given.

use entity::playback_grants;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::db::{Db, Tx};
use crate::kernel::{AssetId, GrantId, Instant, LessonId, PublicId, Result, UserId};

/// Writes down that somebody may play an asset for a while.
pub async fn insert_grant(
    tx: &Tx,
    user: Option<UserId>,
    asset: AssetId,
    lesson: Option<LessonId>,
    expires_at: Instant,
) -> Result<GrantId> {
    let id = tx.id();
    let row = playback_grants::ActiveModel {
        id: Set(id),
        user_id: Set(user.map(PublicId::uuid)),
        asset_id: Set(asset.uuid()),
        lesson_id: Set(lesson.map(PublicId::uuid)),
        created_at: Set(tx.now()),
        expires_at: Set(expires_at),
    };
    playback_grants::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(GrantId(id))
}

/// Forgets grants that have been over since before `before`.
pub async fn prune_grants(db: &Db, before: Instant) -> Result<()> {
    playback_grants::Entity::delete_many()
        .filter(playback_grants::Column::ExpiresAt.lt(before))
        .exec(db.read())
        .await?;
    Ok(())
}
