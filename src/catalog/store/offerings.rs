//! Everything on sale, read in one statement: an offering's row, a course's or a workshop's row where it is one, and
//! whether the storefront is open.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{courses, creators, offerings, storefronts, workshops};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable, JoinType, QueryFilter,
    QueryResult, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LockType},
};
use serde_json::Value;

use crate::app::App;
use crate::catalog::model::{
    AnyOffering, Bundle, Course, Level, MembershipPlan, Offering, OfferingKind, OfferingStatus,
};
use crate::db::Tx;
use crate::kernel::{AssetId, BundleId, CourseId, CreatorId, Error, OfferingId, PlanId, PublicId, Result};

use super::impossible;
use super::workshops::{COLUMNS as WORKSHOP, WorkshopRow};

/// What one statement reads of an offering.
pub(super) struct OfferingRow {
    offering: offerings::Model,
    course: Option<courses::Model>,
    workshop: Option<WorkshopRow>,
    handle: String,
    is_published: bool,
}

/// By hand, so that nobody looks for a workshop in the row of a course: a column that is null costs more to read than one
/// with something in it.
impl FromQueryResult for OfferingRow {
    fn from_query_result(row: &QueryResult, prefix: &str) -> std::result::Result<Self, DbErr> {
        let offering = offerings::Model::from_query_result(row, prefix)?;
        let kind = OfferingKind::of(&offering.kind);
        let course =
            (kind == Some(OfferingKind::Course)).then(|| courses::Model::from_query_result(row, prefix));
        let workshop =
            (kind == Some(OfferingKind::Workshop)).then(|| WorkshopRow::from_query_result(row, prefix));
        Ok(Self {
            course: course.transpose()?,
            workshop: workshop.transpose()?,
            handle: row.try_get(prefix, "handle")?,
            is_published: row.try_get(prefix, "is_published")?,
            offering,
        })
    }
}

impl TryFrom<OfferingRow> for AnyOffering {
    type Error = Error;

    fn try_from(row: OfferingRow) -> Result<Self> {
        let OfferingRow { offering: row, course, workshop, handle, is_published } = row;
        let offering = Offering {
            id: OfferingId(row.id),
            kind: OfferingKind::of(&row.kind).ok_or_else(|| impossible("a kind", &row.kind))?,
            creator: CreatorId(row.creator_id),
            creator_handle: handle,
            storefront_open: is_published,
            slug: row.slug,
            title: row.title,
            subtitle: row.subtitle,
            description: row.description_markdown,
            cover: row.cover_asset_id.map(AssetId),
            status: OfferingStatus::of(&row.status)
                .ok_or_else(|| impossible("an offering's status", &row.status))?,
            level: Level::of(&row.level).ok_or_else(|| impossible("a level", &row.level))?,
            language: row.language,
            version: row.version,
            rating_sum: row.rating_sum,
            rating_count: row.rating_count,
            enrollment_count: row.enrollment_count,
            published_at: row.published_at,
            updated_at: row.updated_at,
        };
        of_its_kind(offering, course, workshop)
    }
}

fn of_its_kind(
    offering: Offering,
    course: Option<courses::Model>,
    workshop: Option<WorkshopRow>,
) -> Result<AnyOffering> {
    let key = offering.id.uuid();
    match (offering.kind, course, workshop) {
        (OfferingKind::Course, Some(course), None) => Ok(AnyOffering::Course(Arc::new(Course {
            id: CourseId(key),
            offering,
            outcomes: lines(&course.outcomes),
            estimated_minutes: course.estimated_minutes,
            section_count: course.section_count,
            lesson_count: course.lesson_count,
            certificate_enabled: course.certificate_enabled,
        }))),
        (OfferingKind::Workshop, None, Some(row)) => {
            Ok(AnyOffering::Workshop(Arc::new(row.workshop(offering)?)))
        }
        (OfferingKind::Bundle, None, None) => {
            Ok(AnyOffering::Bundle(Arc::new(Bundle { id: BundleId(key), offering })))
        }
        (OfferingKind::Membership, None, None) => {
            Ok(AnyOffering::Plan(Arc::new(MembershipPlan { id: PlanId(key), offering })))
        }
        (kind, ..) => Err(impossible("the kind of an offering", kind.name())),
    }
}

fn lines(json: &Value) -> Vec<String> {
    let items = json.as_array().into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// All offerings with what [`OfferingRow`] needs.
pub(super) fn select() -> Select<offerings::Entity> {
    let course = offerings::Entity::belongs_to(courses::Entity)
        .from(offerings::Column::Id)
        .to(courses::Column::OfferingId)
        .into();
    let workshop = offerings::Entity::belongs_to(workshops::Entity)
        .from(offerings::Column::Id)
        .to(workshops::Column::OfferingId)
        .into();
    let creator = offerings::Entity::belongs_to(creators::Entity)
        .from(offerings::Column::CreatorId)
        .to(creators::Column::Id)
        .into();
    let storefront = offerings::Entity::belongs_to(storefronts::Entity)
        .from(offerings::Column::CreatorId)
        .to(storefronts::Column::CreatorId)
        .into();
    offerings::Entity::find()
        .join(JoinType::LeftJoin, course)
        .join(JoinType::LeftJoin, workshop)
        .join(JoinType::InnerJoin, creator)
        .join(JoinType::InnerJoin, storefront)
        .columns(courses::Column::iter())
        .columns(WORKSHOP)
        .column(creators::Column::Handle)
        .column(storefronts::Column::IsPublished)
}

async fn one(conn: &impl ConnectionTrait, query: Select<offerings::Entity>) -> Result<Option<AnyOffering>> {
    query.into_model::<OfferingRow>().one(conn).await?.map(AnyOffering::try_from).transpose()
}

/// Many rows of a query made from [`select`].
pub(super) async fn all(
    conn: &impl ConnectionTrait,
    query: Select<offerings::Entity>,
) -> Result<Vec<AnyOffering>> {
    query.into_model::<OfferingRow>().all(conn).await?.into_iter().map(AnyOffering::try_from).collect()
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
        .into_tuple::<uuid::Uuid>()
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
