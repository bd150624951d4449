//! Everything on sale, read in one statement: an offering's row, a course's or a workshop's row where it is one, and
//! whether the storefront is open. Not here: what a row means (`rows`).

use std::collections::HashMap;

use entity::{courses, creators, offerings, storefronts, workshops};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef, Select,
    sea_query::{Expr, ExprTrait, LockType},
};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::{AnyOffering, Offering, OfferingStatus, Words};
use crate::db::Tx;
use crate::kernel::{OfferingId, PublicId, Result};

use super::rows::{COURSE, FACTS, Listed, Whole, WordsRow};
use super::workshops::COLUMNS as WORKSHOP;

/// All offerings as lists show them.
pub(super) fn listed() -> Select<offerings::Entity> {
    let workshop = offerings::Entity::belongs_to(workshops::Entity)
        .from(offerings::Column::Id)
        .to(workshops::Column::OfferingId)
        .into();
    let creator = offerings::Entity::belongs_to(creators::Entity)
        .from(offerings::Column::CreatorId)
        .to(creators::Column::Id)
        .into();
    offerings::Entity::find()
        .select_only()
        .join(JoinType::LeftJoin, its_course())
        .join(JoinType::LeftJoin, workshop)
        .join(JoinType::InnerJoin, creator)
        .join(JoinType::InnerJoin, its_storefront())
        .columns(FACTS)
        .columns(COURSE)
        .columns(WORKSHOP)
        .column(creators::Column::Handle)
        .column(storefronts::Column::IsPublished)
}

/// Which must be open for anybody to see it.
pub(super) fn its_storefront() -> RelationDef {
    offerings::Entity::belongs_to(storefronts::Entity)
        .from(offerings::Column::CreatorId)
        .to(storefronts::Column::CreatorId)
        .into()
}

fn its_course() -> RelationDef {
    offerings::Entity::belongs_to(courses::Entity)
        .from(offerings::Column::Id)
        .to(courses::Column::OfferingId)
        .into()
}

/// All offerings with everything that is said of them.
pub(super) fn select() -> Select<offerings::Entity> {
    listed().column(offerings::Column::DescriptionMarkdown).column(courses::Column::Outcomes)
}

async fn one(conn: &impl ConnectionTrait, query: Select<offerings::Entity>) -> Result<Option<AnyOffering>> {
    query.into_model::<Whole>().one(conn).await?.map(AnyOffering::try_from).transpose()
}

/// Many rows of a query made from [`select`].
pub(super) async fn all(
    conn: &impl ConnectionTrait,
    query: Select<offerings::Entity>,
) -> Result<Vec<AnyOffering>> {
    query.into_model::<Whole>().all(conn).await?.into_iter().map(AnyOffering::try_from).collect()
}

/// Many rows of a query made from [`listed`].
pub(super) async fn list(
    conn: &impl ConnectionTrait,
    query: Select<offerings::Entity>,
) -> Result<Vec<AnyOffering>> {
    query.into_model::<Listed>().all(conn).await?.into_iter().map(AnyOffering::try_from).collect()
}

/// What is said of offerings at length, for those that came in a list.
pub async fn words_of(app: &App, ids: &[OfferingId]) -> Result<HashMap<OfferingId, Words>> {
    let found = offerings::Entity::find()
        .select_only()
        .join(JoinType::LeftJoin, its_course())
        .columns([offerings::Column::Id, offerings::Column::DescriptionMarkdown])
        .column(courses::Column::Outcomes)
        .filter(offerings::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .into_model::<WordsRow>()
        .all(app.db.read())
        .await?;
    Ok(found.into_iter().map(WordsRow::words).collect())
}

/// An offering by key, whoever may see it.
pub async fn offering(conn: &impl ConnectionTrait, id: OfferingId) -> Result<Option<AnyOffering>> {
    one(conn, select().filter(offerings::Column::Id.eq(id.uuid()))).await
}

/// Many offerings by key.
pub async fn offerings(app: &App, ids: &[OfferingId]) -> Result<HashMap<OfferingId, AnyOffering>> {
    let keys = ids.iter().map(|id| id.uuid());
    let found = all(app.db.read(), select().filter(offerings::Column::Id.is_in(keys))).await?;
    Ok(found.into_iter().map(|offering| (offering.id, offering)).collect())
}

/// An offering by its creator's handle and its link, or by a link it had before.
pub async fn by_slug(conn: &impl ConnectionTrait, handle: &str, slug: &str) -> Result<Option<AnyOffering>> {
    let handle = handle.to_lowercase();
    let current =
        select().filter(creators::Column::Handle.eq(&handle)).filter(offerings::Column::Slug.eq(slug));
    if let Some(found) = one(conn, current).await? {
        return Ok(Some(found));
    }
    let former = select()
        .join(JoinType::InnerJoin, super::slugs::former())
        .filter(creators::Column::Handle.eq(handle))
        .filter(entity::former_slugs::Column::Slug.eq(slug));
    one(conn, former).await
}

/// An offering, held until the transaction ends: its edits come one after the other. Others may refer to it meanwhile.
pub async fn locked(tx: &Tx, id: OfferingId) -> Result<Option<AnyOffering>> {
    offerings::Entity::find_by_id(id.uuid())
        .select_only()
        .column(offerings::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<Uuid>()
        .one(tx.conn())
        .await?;
    offering(tx.conn(), id).await
}

/// Raises the version, as the last statement of an edit.
pub async fn touch(tx: &Tx, id: OfferingId) -> Result<()> {
    offerings::Entity::update_many()
        .col_expr(offerings::Column::Version, Expr::col(offerings::Column::Version).add(1))
        .col_expr(offerings::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(offerings::Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Where it stands from now on. The first publication is noted once.
pub async fn set_status(tx: &Tx, offering: &Offering, status: OfferingStatus) -> Result<()> {
    let first = status.is_public() && offering.published_at.is_none();
    let row = offerings::ActiveModel {
        id: Set(offering.id.uuid()),
        status: Set(status.name().to_owned()),
        published_at: if first { Set(Some(tx.now())) } else { NotSet },
        ..Default::default()
    };
    offerings::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}
