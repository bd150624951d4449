//! What bundles have beyond other offerings: their items.

use std::collections::HashMap;

use entity::{bundle_items, offerings};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::app::App;
use crate::catalog::model::{BundleText, OfferingKind};
use crate::db::Tx;
use crate::kernel::{BundleId, CreatorId, OfferingId, PublicId, Result};

use super::drafts::{draft, edited};

/// Writes a draft without items.
pub async fn insert_bundle(tx: &Tx, creator: CreatorId, slug: String, words: BundleText) -> Result<BundleId> {
    let id = BundleId(tx.id());
    let whose = (OfferingKind::Bundle, creator, slug);
    let offering = draft(tx, id.uuid(), whose, words.title.unwrap_or_default());
    let offering = offerings::ActiveModel {
        description_markdown: Set(words.description.unwrap_or_default()),
        cover_asset_id: Set(words.cover.flatten().map(PublicId::uuid)),
        ..offering
    };
    offerings::Entity::insert(offering).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// Changes the words; what is absent stays. Items are set with [`set_items`].
pub async fn update_bundle(tx: &Tx, id: BundleId, words: BundleText) -> Result<()> {
    let offering = edited(tx, id.uuid(), words.title, words.description, words.cover);
    offerings::Entity::update(offering).exec(tx.conn()).await?;
    Ok(())
}

/// Puts these items into a bundle, in this order, and takes all others out.
pub async fn set_items(tx: &Tx, id: BundleId, items: &[OfferingId]) -> Result<()> {
    bundle_items::Entity::delete_many()
        .filter(bundle_items::Column::BundleId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    let rows = (0_i32..).zip(items).map(|(position, item)| bundle_items::ActiveModel {
        bundle_id: Set(id.uuid()),
        item_id: Set(item.uuid()),
        position: Set(position),
    });
    if !items.is_empty() {
        bundle_items::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The items of a bundle, in order.
pub async fn items(conn: &impl ConnectionTrait, id: BundleId) -> Result<Vec<OfferingId>> {
    let rows = bundle_items::Entity::find()
        .filter(bundle_items::Column::BundleId.eq(id.uuid()))
        .order_by_asc(bundle_items::Column::Position)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| OfferingId(row.item_id)).collect())
}

/// The items of many bundles, in order.
pub async fn items_of(app: &App, ids: &[BundleId]) -> Result<HashMap<BundleId, Vec<OfferingId>>> {
    let rows = bundle_items::Entity::find()
        .filter(bundle_items::Column::BundleId.is_in(ids.iter().map(|id| id.uuid())))
        .order_by_asc(bundle_items::Column::Position)
        .all(app.db.read())
        .await?;
    let mut listed: HashMap<BundleId, Vec<OfferingId>> = HashMap::new();
    for row in rows {
        listed.entry(BundleId(row.bundle_id)).or_default().push(OfferingId(row.item_id));
    }
    Ok(listed)
}
