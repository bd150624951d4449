//! Chapters in the database.

use std::collections::HashMap;

use entity::chapters;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{AssetId, PublicId, Result};
use crate::media::model::Chapter;

/// Gives a film or a recording these chapters and no others.
pub async fn put_chapters(tx: &Tx, of: AssetId, new: Vec<Chapter>) -> Result<()> {
    chapters::Entity::delete_many().filter(chapters::Column::AssetId.eq(of.uuid())).exec(tx.conn()).await?;
    let rows = new.into_iter().map(|chapter| chapters::ActiveModel {
        asset_id: Set(of.uuid()),
        start_seconds: Set(chapter.start_seconds),
        title: Set(chapter.title),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        chapters::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The chapters of some films and recordings, in order.
pub async fn chapters_of(app: &App, of: &[AssetId]) -> Result<HashMap<AssetId, Vec<Chapter>>> {
    let rows = chapters::Entity::find()
        .filter(chapters::Column::AssetId.is_in(of.iter().map(|id| id.uuid())))
        .order_by_asc(chapters::Column::StartSeconds)
        .all(app.db.read())
        .await?;
    let mut found: HashMap<AssetId, Vec<Chapter>> = HashMap::new();
    for row in rows {
        let chapter = Chapter { start_seconds: row.start_seconds, title: row.title };
        found.entry(AssetId(row.asset_id)).or_default().push(chapter);
    }
    Ok(found)
}
