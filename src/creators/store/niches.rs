//! The closed list of niches.

use std::collections::HashMap;

use entity::{creator_niches, niches, storefronts};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::app::App;
use crate::creators::model::Niche;
use crate::db::Db;
use crate::kernel::{NicheId, PublicId, Result};

fn niche(row: niches::Model) -> Niche {
    Niche { id: NicheId(row.id), slug: row.slug, name: row.name }
}

/// Every niche, by name.
pub async fn all_niches(db: &Db) -> Result<Vec<Niche>> {
    let rows = niches::Entity::find().order_by_asc(niches::Column::Name).all(db.read()).await?;
    Ok(rows.into_iter().map(niche).collect())
}

/// Many niches by key.
pub async fn niches_by_id(app: &App, ids: &[NicheId]) -> Result<HashMap<NicheId, Niche>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = niches::Entity::find().filter(niches::Column::Id.is_in(keys)).all(app.db.read()).await?;
    Ok(rows.into_iter().map(niche).map(|one| (one.id, one)).collect())
}

/// The keys of the niches with these slugs; unknown slugs are absent.
pub async fn niche_ids(conn: &impl ConnectionTrait, slugs: &[String]) -> Result<HashMap<String, NicheId>> {
    let rows = niches::Entity::find().filter(niches::Column::Slug.is_in(slugs)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.slug, NicheId(row.id))).collect())
}

/// How many public creators are listed under each niche.
pub async fn niche_counts(app: &App, ids: &[NicheId]) -> Result<HashMap<NicheId, i32>> {
    let public = Query::select()
        .column(storefronts::Column::CreatorId)
        .from(storefronts::Entity)
        .and_where(Expr::col(storefronts::Column::IsPublished).eq(true))
        .take();
    let rows: Vec<(Uuid, i64)> = creator_niches::Entity::find()
        .select_only()
        .column(creator_niches::Column::NicheId)
        .column_as(creator_niches::Column::CreatorId.count(), "creators")
        .filter(creator_niches::Column::NicheId.is_in(ids.iter().map(|id| id.uuid())))
        .filter(creator_niches::Column::CreatorId.in_subquery(public))
        .group_by(creator_niches::Column::NicheId)
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|(id, count)| (NicheId(id), i32::try_from(count).unwrap_or(i32::MAX))).collect())
}

/// The creators listed under any of these niches.
pub(super) fn listed_under(slugs: &[String]) -> SelectStatement {
    let wanted = Query::select()
        .column(niches::Column::Id)
        .from(niches::Entity)
        .and_where(Expr::col(niches::Column::Slug).is_in(slugs))
        .take();
    Query::select()
        .column(creator_niches::Column::CreatorId)
        .from(creator_niches::Entity)
        .and_where(Expr::col(creator_niches::Column::NicheId).in_subquery(wanted))
        .take()
}
