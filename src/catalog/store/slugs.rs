//! Links: one within a creator leads to one offering, now and for ever.

use std::collections::HashSet;

use entity::{former_slugs, offerings};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, RelationDef,
};

use crate::catalog::model::Offering;
use crate::catalog::refusals::CatalogRefusal;
use crate::db::{self, Tx};
use crate::kernel::{CreatorId, PublicId, Refusal, Result};

/// From an offering to the links it had.
pub(super) fn former() -> RelationDef {
    offerings::Entity::belongs_to(former_slugs::Entity)
        .from(offerings::Column::Id)
        .to(former_slugs::Column::OfferingId)
        .into()
}

/// `wanted`, or `wanted-2` and so on: the first that leads nowhere yet.
pub async fn free_slug(conn: &impl ConnectionTrait, creator: CreatorId, wanted: &str) -> Result<String> {
    let like = format!("{wanted}%");
    let now: Vec<String> = offerings::Entity::find()
        .select_only()
        .column(offerings::Column::Slug)
        .filter(offerings::Column::CreatorId.eq(creator.uuid()))
        .filter(offerings::Column::Slug.like(&like))
        .into_tuple()
        .all(conn)
        .await?;
    let before: Vec<String> = former_slugs::Entity::find()
        .select_only()
        .column(former_slugs::Column::Slug)
        .filter(former_slugs::Column::CreatorId.eq(creator.uuid()))
        .filter(former_slugs::Column::Slug.like(like))
        .into_tuple()
        .all(conn)
        .await?;
    let taken: HashSet<String> = now.into_iter().chain(before).collect();
    let free = std::iter::once(wanted.to_owned())
        .chain((2_u64..).map(|n| format!("{wanted}-{n}")))
        .find(|slug| !taken.contains(slug));
    Ok(free.unwrap_or_default())
}

/// Gives an offering another link; the one it had keeps leading to it, and one it had before becomes its link again.
pub async fn change_slug(tx: &Tx, of: &Offering, slug: String) -> Result<()> {
    let (creator, offering) = (of.creator.uuid(), of.id.uuid());
    let before = former_slugs::Entity::find_by_id((creator, slug.clone())).one(tx.conn()).await?;
    if before.as_ref().is_some_and(|row| row.offering_id != offering) {
        return Err(CatalogRefusal::SlugTaken.at(["slug"]).into());
    }
    if before.is_some() {
        former_slugs::Entity::delete_by_id((creator, slug.clone())).exec(tx.conn()).await?;
    }
    let row = offerings::ActiveModel { id: Set(offering), slug: Set(slug), ..Default::default() };
    match offerings::Entity::update(row).exec(tx.conn()).await {
        Ok(_) => {}
        Err(error) if db::is_taken(&error, "offerings", &["creator_id", "slug"]) => {
            return Err(CatalogRefusal::SlugTaken.at(["slug"]).into());
        }
        Err(error) => return Err(error.into()),
    }
    let left = former_slugs::ActiveModel {
        creator_id: Set(creator),
        slug: Set(of.slug.clone()),
        offering_id: Set(offering),
        replaced_at: Set(tx.now()),
    };
    former_slugs::Entity::insert(left).exec_without_returning(tx.conn()).await?;
    Ok(())
}
