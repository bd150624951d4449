//! Sections and lessons, without what lessons teach with.

use std::collections::HashMap;

use entity::{lessons, sections};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::{Lesson, LessonFacts, LessonKind, LessonText, Outline, Section};
use crate::db::Tx;
use crate::kernel::{AssetId, CourseId, Error, LessonId, PublicId, Result, SectionId};

use super::impossible;
use super::taking_out::lessons_out;

impl From<sections::Model> for Section {
    fn from(row: sections::Model) -> Self {
        Self { id: row.id.into(), course: row.offering_id.into(), title: row.title, position: row.position }
    }
}

/// The columns of a lesson that everybody may see.
#[derive(FromQueryResult)]
struct LessonRow {
    id: Uuid,
    section_id: Uuid,
    offering_id: Uuid,
    title: String,
    summary: Option<String>,
    position: i32,
    is_preview: bool,
    kind: String,
    duration_seconds: Option<i32>,
    version: i32,
}

impl TryFrom<LessonRow> for Lesson {
    type Error = Error;

    fn try_from(row: LessonRow) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            section: row.section_id.into(),
            course: row.offering_id.into(),
            title: row.title,
            summary: row.summary,
            position: row.position,
            is_preview: row.is_preview,
            kind: LessonKind::of(&row.kind).ok_or_else(|| impossible("a lesson's kind", &row.kind))?,
            duration_seconds: row.duration_seconds,
            version: row.version,
        })
    }
}

fn select() -> Select<lessons::Entity> {
    lessons::Entity::find().select_only().columns(columns())
}

/// All of a lesson but what it teaches with.
fn columns() -> [lessons::Column; 10] {
    use lessons::Column as C;
    [
        C::Id,
        C::SectionId,
        C::OfferingId,
        C::Title,
        C::Summary,
        C::Position,
        C::IsPreview,
        C::Kind,
        C::DurationSeconds,
        C::Version,
    ]
}

async fn all(conn: &impl ConnectionTrait, query: Select<lessons::Entity>) -> Result<Vec<Lesson>> {
    query.into_model::<LessonRow>().all(conn).await?.into_iter().map(Lesson::try_from).collect()
}

/// A section by key.
pub async fn section(conn: &impl ConnectionTrait, id: SectionId) -> Result<Option<Section>> {
    Ok(sections::Entity::find_by_id(id.uuid()).one(conn).await?.map(Section::from))
}

/// Many sections by key.
pub async fn sections(app: &App, ids: &[SectionId]) -> Result<HashMap<SectionId, Section>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = sections::Entity::find().filter(sections::Column::Id.is_in(keys)).all(app.db.read()).await?;
    Ok(rows.into_iter().map(|row| (SectionId(row.id), row.into())).collect())
}

/// A lesson by key.
pub async fn lesson(conn: &impl ConnectionTrait, id: LessonId) -> Result<Option<Lesson>> {
    Ok(all(conn, select().filter(lessons::Column::Id.eq(id.uuid()))).await?.pop())
}

/// Many lessons by key.
pub async fn lessons(app: &App, ids: &[LessonId]) -> Result<HashMap<LessonId, Lesson>> {
    let keys = ids.iter().map(|id| id.uuid());
    let found = all(app.db.read(), select().filter(lessons::Column::Id.is_in(keys))).await?;
    Ok(found.into_iter().map(|lesson| (lesson.id, lesson)).collect())
}

/// A lesson with what other rooms decide by.
pub async fn lesson_facts(conn: &impl ConnectionTrait, id: LessonId) -> Result<Option<LessonFacts>> {
    let Some(lesson) = lesson(conn, id).await? else { return Ok(None) };
    let Some(course) = super::course(conn, lesson.course).await? else { return Ok(None) };
    let media: Option<Option<Uuid>> = lessons::Entity::find_by_id(id.uuid())
        .select_only()
        .column(lessons::Column::MediaAssetId)
        .into_tuple()
        .one(conn)
        .await?;
    let media = media.flatten().map(AssetId);
    let is_public = course.is_public();
    Ok(Some(LessonFacts { lesson, media, creator: course.creator, status: course.status, is_public }))
}

/// The outline of one course.
pub async fn outline(conn: &impl ConnectionTrait, course: CourseId) -> Result<Outline> {
    Ok(outlines_of(conn, &[course]).await?.remove(&course).unwrap_or_default())
}

/// The outlines of many courses; one that has no sections yet is left out.
pub async fn outlines(app: &App, courses: &[CourseId]) -> Result<HashMap<CourseId, Outline>> {
    outlines_of(app.db.read(), courses).await
}

/// A section with one of its lessons, or with none if it is empty.
#[derive(FromQueryResult)]
struct OutlineRow {
    of_section: Uuid,
    of_course: Uuid,
    section_title: String,
    section_position: i32,
    #[sea_orm(nested)]
    lesson: Option<LessonRow>,
}

/// One statement, whatever the number of courses.
async fn outlines_of(
    conn: &impl ConnectionTrait,
    courses: &[CourseId],
) -> Result<HashMap<CourseId, Outline>> {
    // From the sections on: SQLite reads all lessons there are for a right join.
    let within = sections::Entity::belongs_to(lessons::Entity)
        .from(sections::Column::Id)
        .to(lessons::Column::SectionId)
        .into();
    let rows = sections::Entity::find()
        .select_only()
        .columns(columns())
        .join(JoinType::LeftJoin, within)
        .column_as(sections::Column::Id, "of_section")
        .column_as(sections::Column::OfferingId, "of_course")
        .column_as(sections::Column::Title, "section_title")
        .column_as(sections::Column::Position, "section_position")
        .filter(sections::Column::OfferingId.is_in(courses.iter().map(|id| id.uuid())))
        .order_by_asc(sections::Column::Position)
        .order_by_asc(sections::Column::Id)
        .order_by_asc(lessons::Column::Position)
        .order_by_asc(lessons::Column::Id)
        .into_model::<OutlineRow>()
        .all(conn)
        .await?;
    let mut found: HashMap<CourseId, Outline> = HashMap::new();
    for row in rows {
        let outline = found.entry(CourseId(row.of_course)).or_default();
        let id = SectionId(row.of_section);
        if outline.sections.last().is_none_or(|last| last.id != id) {
            let (title, position) = (row.section_title, row.section_position);
            outline.sections.push(Section { id, course: row.of_course.into(), title, position });
        }
        outline.lessons.extend(row.lesson.map(Lesson::try_from).transpose()?);
    }
    Ok(found)
}

/// Writes a section.
pub async fn insert_section(tx: &Tx, course: CourseId, title: String, position: i32) -> Result<SectionId> {
    let id = SectionId(tx.id());
    let row = sections::ActiveModel {
        id: Set(id.uuid()),
        offering_id: Set(course.uuid()),
        title: Set(title),
        position: Set(position),
        created_at: Set(tx.now()),
    };
    sections::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// Gives a section another title.
pub async fn rename_section(tx: &Tx, id: SectionId, title: String) -> Result<()> {
    let row = sections::ActiveModel { id: Set(id.uuid()), title: Set(title), ..Default::default() };
    sections::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// Takes a section and its lessons out and closes the gap.
pub async fn delete_section(tx: &Tx, section: &Section) -> Result<()> {
    let within: Vec<Uuid> = lessons::Entity::find()
        .select_only()
        .column(lessons::Column::Id)
        .filter(lessons::Column::SectionId.eq(section.id.uuid()))
        .into_tuple()
        .all(tx.conn())
        .await?;
    lessons_out(tx, within).await?;
    sections::Entity::delete_by_id(section.id.uuid()).exec(tx.conn()).await?;
    sections::Entity::update_many()
        .col_expr(sections::Column::Position, Expr::col(sections::Column::Position).sub(1))
        .filter(sections::Column::OfferingId.eq(section.course.uuid()))
        .filter(sections::Column::Position.gt(section.position))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Writes a lesson that has no body yet.
pub async fn insert_lesson(
    tx: &Tx,
    section: &Section,
    title: String,
    words: &LessonText,
    position: i32,
) -> Result<LessonId> {
    let id = LessonId(tx.id());
    let row = lessons::ActiveModel {
        id: Set(id.uuid()),
        section_id: Set(section.id.uuid()),
        offering_id: Set(section.course.uuid()),
        title: Set(title),
        summary: Set(words.summary.clone().flatten()),
        position: Set(position),
        is_preview: Set(words.is_preview.unwrap_or(false)),
        kind: Set(LessonKind::Text.name().to_owned()),
        media_asset_id: Set(None),
        article_markdown: Set(None),
        duration_seconds: Set(None),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    lessons::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// Changes a lesson's words; what is absent stays.
pub async fn update_lesson(tx: &Tx, id: LessonId, words: LessonText) -> Result<()> {
    let row = lessons::ActiveModel {
        id: Set(id.uuid()),
        title: words.title.map_or(NotSet, Set),
        summary: words.summary.map_or(NotSet, Set),
        is_preview: words.is_preview.map_or(NotSet, Set),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    lessons::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}

/// Raises a lesson's version.
pub async fn touch_lesson(tx: &Tx, id: LessonId) -> Result<()> {
    lessons::Entity::update_many()
        .col_expr(lessons::Column::Version, Expr::col(lessons::Column::Version).add(1))
        .col_expr(lessons::Column::UpdatedAt, Expr::value(tx.now()))
        .filter(lessons::Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Takes a lesson out and closes the gap.
pub async fn delete_lesson(tx: &Tx, lesson: &Lesson) -> Result<()> {
    lessons_out(tx, vec![lesson.id.uuid()]).await?;
    lessons::Entity::update_many()
        .col_expr(lessons::Column::Position, Expr::col(lessons::Column::Position).sub(1))
        .filter(lessons::Column::SectionId.eq(lesson.section.uuid()))
        .filter(lessons::Column::Position.gt(lesson.position))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Puts sections in this order.
pub async fn place_sections(tx: &Tx, order: Vec<SectionId>) -> Result<()> {
    for (position, id) in (0..).zip(order) {
        let row = sections::ActiveModel { id: Set(id.uuid()), position: Set(position), ..Default::default() };
        sections::Entity::update(row).exec(tx.conn()).await?;
    }
    Ok(())
}

/// Puts lessons in these places.
pub async fn place_lessons(tx: &Tx, places: &[(LessonId, SectionId, i32)]) -> Result<()> {
    for (id, section, position) in places {
        let row = lessons::ActiveModel {
            id: Set(id.uuid()),
            section_id: Set(section.uuid()),
            position: Set(*position),
            ..Default::default()
        };
        lessons::Entity::update(row).exec(tx.conn()).await?;
    }
    Ok(())
}
