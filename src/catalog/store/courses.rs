//! Courses: an offering's row and a course's row, read together with whether their storefront is open.

use std::collections::HashMap;

use entity::{courses, creators, niches, offering_niches, offerings, storefronts};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use serde_json::Value;

use crate::app::App;
use crate::catalog::model::{Course, CourseText, Level, OfferingKind, OfferingStatus};
use crate::creators::model::Niche;
use crate::db::Tx;
use crate::kernel::{AssetId, CourseId, CreatorId, Error, NicheId, PublicId, Result, text};

use super::impossible;

/// What one statement reads of a course.
#[derive(FromQueryResult)]
pub(super) struct CourseRow {
    #[sea_orm(nested)]
    offering: offerings::Model,
    #[sea_orm(nested)]
    course: courses::Model,
    handle: String,
    is_published: bool,
}

impl TryFrom<CourseRow> for Course {
    type Error = Error;

    fn try_from(row: CourseRow) -> Result<Self> {
        let CourseRow { offering, course, handle, is_published } = row;
        let status = OfferingStatus::of(&offering.status);
        Ok(Self {
            id: CourseId(offering.id),
            creator: CreatorId(offering.creator_id),
            creator_handle: handle,
            storefront_open: is_published,
            slug: offering.slug,
            title: offering.title,
            subtitle: offering.subtitle,
            description: offering.description_markdown,
            cover: offering.cover_asset_id.map(AssetId),
            status: status.ok_or_else(|| impossible("an offering's status", &offering.status))?,
            level: Level::of(&offering.level).ok_or_else(|| impossible("a level", &offering.level))?,
            language: offering.language,
            version: offering.version,
            rating_sum: offering.rating_sum,
            rating_count: offering.rating_count,
            enrollment_count: offering.enrollment_count,
            published_at: offering.published_at,
            updated_at: offering.updated_at,
            outcomes: lines(&course.outcomes),
            estimated_minutes: course.estimated_minutes,
            section_count: course.section_count,
            lesson_count: course.lesson_count,
            certificate_enabled: course.certificate_enabled,
        })
    }
}

fn lines(json: &Value) -> Vec<String> {
    let items = json.as_array().into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// All courses with what [`CourseRow`] needs.
pub(super) fn select() -> Select<offerings::Entity> {
    let course = offerings::Entity::belongs_to(courses::Entity)
        .from(offerings::Column::Id)
        .to(courses::Column::OfferingId)
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
        .join(JoinType::InnerJoin, course)
        .join(JoinType::InnerJoin, creator)
        .join(JoinType::InnerJoin, storefront)
        .columns(courses::Column::iter())
        .column(creators::Column::Handle)
        .column(storefronts::Column::IsPublished)
}

async fn one(conn: &impl ConnectionTrait, query: Select<offerings::Entity>) -> Result<Option<Course>> {
    query.into_model::<CourseRow>().one(conn).await?.map(Course::try_from).transpose()
}

/// Many rows of a query made from [`select`].
pub(super) async fn all(
    conn: &impl ConnectionTrait,
    query: Select<offerings::Entity>,
) -> Result<Vec<Course>> {
    query.into_model::<CourseRow>().all(conn).await?.into_iter().map(Course::try_from).collect()
}

/// A course by key, whoever may see it.
pub async fn course(conn: &impl ConnectionTrait, id: CourseId) -> Result<Option<Course>> {
    one(conn, select().filter(offerings::Column::Id.eq(id.uuid()))).await
}

/// Many courses by key.
pub async fn courses(app: &App, ids: &[CourseId]) -> Result<HashMap<CourseId, Course>> {
    let keys = ids.iter().map(|id| id.uuid());
    let found = all(app.db.read(), select().filter(offerings::Column::Id.is_in(keys))).await?;
    Ok(found.into_iter().map(|course| (course.id, course)).collect())
}

/// A course by its creator's handle and its link, or by a link it had before.
pub async fn by_slug(conn: &impl ConnectionTrait, handle: &str, slug: &str) -> Result<Option<Course>> {
    let handle = handle.to_lowercase();
    let current = select()
        .filter(creators::Column::Handle.eq(&handle))
        .filter(offerings::Column::Slug.eq(slug))
        .filter(offerings::Column::Kind.eq(OfferingKind::Course.name()));
    if let Some(found) = one(conn, current).await? {
        return Ok(Some(found));
    }
    let former = select()
        .join(JoinType::InnerJoin, super::slugs::former())
        .filter(creators::Column::Handle.eq(handle))
        .filter(entity::former_slugs::Column::Slug.eq(slug));
    one(conn, former).await
}

/// A course, held until the transaction ends: its edits come one after the other.
pub async fn locked(tx: &Tx, id: CourseId) -> Result<Option<Course>> {
    offerings::Entity::find_by_id(id.uuid())
        .select_only()
        .column(offerings::Column::Id)
        .lock_exclusive()
        .into_tuple::<uuid::Uuid>()
        .one(tx.conn())
        .await?;
    course(tx.conn(), id).await
}

/// A new course's facts.
pub struct NewCourse {
    /// Whose.
    pub creator: CreatorId,
    /// Free within the creator.
    pub slug: String,
    /// Checked.
    pub title: String,
    /// BCP 47, unless the words say otherwise.
    pub language: String,
    /// Everything else.
    pub words: CourseText,
}

/// Writes a draft.
pub async fn insert_course(tx: &Tx, new: NewCourse) -> Result<CourseId> {
    let (id, words) = (CourseId(tx.id()), new.words);
    let offering = offerings::ActiveModel {
        id: Set(id.uuid()),
        kind: Set(OfferingKind::Course.name().to_owned()),
        creator_id: Set(new.creator.uuid()),
        slug: Set(new.slug),
        title_folded: Set(text::folded(&new.title)),
        title: Set(new.title),
        subtitle: Set(words.subtitle.flatten()),
        description_markdown: Set(words.description.unwrap_or_default()),
        cover_asset_id: Set(words.cover.flatten().map(PublicId::uuid)),
        status: Set(OfferingStatus::Draft.name().to_owned()),
        level: Set(words.level.unwrap_or(Level::All).name().to_owned()),
        language: Set(words.language.unwrap_or(new.language)),
        version: Set(1),
        rating_sum: Set(0),
        rating_count: Set(0),
        enrollment_count: Set(0),
        published_at: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    offerings::Entity::insert(offering).exec_without_returning(tx.conn()).await?;
    let course = courses::ActiveModel {
        offering_id: Set(id.uuid()),
        trailer_asset_id: Set(None),
        outcomes: Set(words.outcomes.unwrap_or_default().into()),
        estimated_minutes: Set(0),
        section_count: Set(0),
        lesson_count: Set(0),
        certificate_enabled: Set(words.certificate_enabled.unwrap_or(false)),
    };
    courses::Entity::insert(course).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// Changes the words; what is absent stays. Niches are set with [`set_niches`].
pub async fn update_text(tx: &Tx, id: CourseId, words: CourseText) -> Result<()> {
    let offering = offerings::ActiveModel {
        id: Set(id.uuid()),
        title_folded: words.title.as_deref().map_or(NotSet, |title| Set(text::folded(title))),
        title: words.title.map_or(NotSet, Set),
        subtitle: words.subtitle.map_or(NotSet, Set),
        description_markdown: words.description.map_or(NotSet, Set),
        cover_asset_id: words.cover.map_or(NotSet, |cover| Set(cover.map(PublicId::uuid))),
        level: words.level.map_or(NotSet, |level| Set(level.name().to_owned())),
        language: words.language.map_or(NotSet, Set),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    offerings::Entity::update(offering).exec(tx.conn()).await?;
    if words.outcomes.is_none() && words.certificate_enabled.is_none() {
        return Ok(());
    }
    let course = courses::ActiveModel {
        offering_id: Set(id.uuid()),
        outcomes: words.outcomes.map_or(NotSet, |lines| Set(lines.into())),
        certificate_enabled: words.certificate_enabled.map_or(NotSet, Set),
        ..Default::default()
    };
    courses::Entity::update(course).exec(tx.conn()).await?;
    Ok(())
}

/// Raises the version and keeps the counts, as the last statement of an edit.
pub async fn touch(tx: &Tx, id: CourseId, counts: super::Counts) -> Result<()> {
    offerings::Entity::update_many()
        .col_expr(offerings::Column::Version, Expr::col(offerings::Column::Version).add(1))
        .col_expr(offerings::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(offerings::Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    let course = courses::ActiveModel {
        offering_id: Set(id.uuid()),
        section_count: Set(counts.sections),
        lesson_count: Set(counts.lessons),
        estimated_minutes: Set(counts.minutes),
        ..Default::default()
    };
    courses::Entity::update(course).exec(tx.conn()).await?;
    Ok(())
}

/// Where it stands from now on. The first publication is noted once.
pub async fn set_status(tx: &Tx, course: &Course, status: OfferingStatus) -> Result<()> {
    let first = status.is_public() && course.published_at.is_none();
    let row = offerings::ActiveModel {
        id: Set(course.id.uuid()),
        status: Set(status.name().to_owned()),
        published_at: if first { Set(Some(tx.now())) } else { NotSet },
        ..Default::default()
    };
    offerings::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// Lists a course under these niches and no others.
pub async fn set_niches(tx: &Tx, id: CourseId, niches: Vec<NicheId>) -> Result<()> {
    offering_niches::Entity::delete_many()
        .filter(offering_niches::Column::OfferingId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    let rows: Vec<_> = niches
        .into_iter()
        .map(|niche| offering_niches::ActiveModel {
            offering_id: Set(id.uuid()),
            niche_id: Set(niche.uuid()),
        })
        .collect();
    if !rows.is_empty() {
        offering_niches::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The niches of many courses, by name.
pub async fn niches_of(app: &App, ids: &[CourseId]) -> Result<HashMap<CourseId, Vec<Niche>>> {
    let rows = offering_niches::Entity::find()
        .filter(offering_niches::Column::OfferingId.is_in(ids.iter().map(|id| id.uuid())))
        .select_also(niches::Entity)
        .join(
            JoinType::InnerJoin,
            offering_niches::Entity::belongs_to(niches::Entity)
                .from(offering_niches::Column::NicheId)
                .to(niches::Column::Id)
                .into(),
        )
        .order_by_asc(niches::Column::Name)
        .all(app.db.read())
        .await?;
    let mut listed: HashMap<CourseId, Vec<Niche>> = HashMap::new();
    for (place, niche) in rows {
        let niche = niche.map(|row| Niche { id: row.id.into(), slug: row.slug, name: row.name });
        listed.entry(CourseId(place.offering_id)).or_default().extend(niche);
    }
    Ok(listed)
}
