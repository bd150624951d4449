//! What is read of an offering: a row of a list, and a whole one with what is said at length.
//!
//! A list has no descriptions: they may have 20,000 characters each, and few ask for them.

use std::sync::Arc;

use entity::{courses, offerings};
use sea_orm::{DbErr, FromQueryResult, QueryResult};
use serde_json::Value;
use uuid::Uuid;

use crate::catalog::model::{
    AnyOffering, Bundle, Course, Level, MembershipPlan, Offering, OfferingKind, OfferingStatus, Words,
};
use crate::kernel::{
    AssetId, BundleId, CourseId, CreatorId, Error, Instant, OfferingId, PlanId, PublicId, Ratings, Result,
};

use super::impossible;
use super::workshops::WorkshopRow;

/// What everything on sale has, without what is said at length.
#[derive(FromQueryResult)]
pub(super) struct Facts {
    id: Uuid,
    kind: String,
    creator_id: Uuid,
    slug: String,
    title: String,
    subtitle: Option<String>,
    cover_asset_id: Option<Uuid>,
    status: String,
    level: String,
    language: String,
    version: i32,
    ratings_1: i32,
    ratings_2: i32,
    ratings_3: i32,
    ratings_4: i32,
    ratings_5: i32,
    enrollment_count: i32,
    published_at: Option<Instant>,
    updated_at: Instant,
    handle: String,
    is_published: bool,
}

/// What [`Facts`] reads of an offering's own row.
pub(super) const FACTS: [offerings::Column; 19] = [
    offerings::Column::Id,
    offerings::Column::Kind,
    offerings::Column::CreatorId,
    offerings::Column::Slug,
    offerings::Column::Title,
    offerings::Column::Subtitle,
    offerings::Column::CoverAssetId,
    offerings::Column::Status,
    offerings::Column::Level,
    offerings::Column::Language,
    offerings::Column::Version,
    offerings::Column::Ratings1,
    offerings::Column::Ratings2,
    offerings::Column::Ratings3,
    offerings::Column::Ratings4,
    offerings::Column::Ratings5,
    offerings::Column::EnrollmentCount,
    offerings::Column::PublishedAt,
    offerings::Column::UpdatedAt,
];

/// What a course has beyond that.
#[derive(FromQueryResult)]
pub(super) struct CourseFacts {
    estimated_minutes: i32,
    section_count: i32,
    lesson_count: i32,
    certificate_enabled: bool,
}

/// What [`CourseFacts`] reads.
pub(super) const COURSE: [courses::Column; 4] = [
    courses::Column::EstimatedMinutes,
    courses::Column::SectionCount,
    courses::Column::LessonCount,
    courses::Column::CertificateEnabled,
];

/// One of a list.
pub(super) struct Listed {
    facts: Facts,
    course: Option<CourseFacts>,
    workshop: Option<WorkshopRow>,
}

/// By hand, so that nobody looks for a workshop in the row of a course: a column that is null costs more to read than one
/// with something in it.
impl FromQueryResult for Listed {
    fn from_query_result(row: &QueryResult, prefix: &str) -> std::result::Result<Self, DbErr> {
        let facts = Facts::from_query_result(row, prefix)?;
        let kind = OfferingKind::of(&facts.kind);
        let course =
            (kind == Some(OfferingKind::Course)).then(|| CourseFacts::from_query_result(row, prefix));
        let workshop =
            (kind == Some(OfferingKind::Workshop)).then(|| WorkshopRow::from_query_result(row, prefix));
        Ok(Self { facts, course: course.transpose()?, workshop: workshop.transpose()? })
    }
}

/// One by itself, with what is said at length.
#[derive(FromQueryResult)]
pub(super) struct Whole {
    #[sea_orm(nested)]
    listed: Listed,
    description_markdown: String,
    outcomes: Option<Value>,
}

/// What is said of an offering at length.
#[derive(FromQueryResult)]
pub(super) struct WordsRow {
    id: Uuid,
    description_markdown: String,
    outcomes: Option<Value>,
}

fn words(description: String, outcomes: Option<&Value>) -> Words {
    Words { description, outcomes: outcomes.map(lines).unwrap_or_default() }
}

impl WordsRow {
    /// By the offering's key.
    pub(super) fn words(self) -> (OfferingId, Words) {
        (OfferingId(self.id), words(self.description_markdown, self.outcomes.as_ref()))
    }
}

impl TryFrom<Whole> for AnyOffering {
    type Error = Error;

    fn try_from(row: Whole) -> Result<Self> {
        row.listed.offering(Some(words(row.description_markdown, row.outcomes.as_ref())))
    }
}

impl TryFrom<Listed> for AnyOffering {
    type Error = Error;

    fn try_from(row: Listed) -> Result<Self> {
        row.offering(None)
    }
}

impl Listed {
    fn offering(self, words: Option<Words>) -> Result<AnyOffering> {
        let Self { facts: row, course, workshop } = self;
        let offering = Offering {
            id: OfferingId(row.id),
            kind: OfferingKind::of(&row.kind).ok_or_else(|| impossible("a kind", &row.kind))?,
            creator: CreatorId(row.creator_id),
            creator_handle: row.handle,
            storefront_open: row.is_published,
            slug: row.slug,
            title: row.title,
            subtitle: row.subtitle,
            words,
            cover: row.cover_asset_id.map(AssetId),
            status: OfferingStatus::of(&row.status)
                .ok_or_else(|| impossible("an offering's status", &row.status))?,
            level: Level::of(&row.level).ok_or_else(|| impossible("a level", &row.level))?,
            language: row.language,
            version: row.version,
            ratings: Ratings([row.ratings_1, row.ratings_2, row.ratings_3, row.ratings_4, row.ratings_5]),
            enrollment_count: row.enrollment_count,
            published_at: row.published_at,
            updated_at: row.updated_at,
        };
        of_its_kind(offering, course, workshop)
    }
}

fn of_its_kind(
    offering: Offering,
    course: Option<CourseFacts>,
    workshop: Option<WorkshopRow>,
) -> Result<AnyOffering> {
    let key = offering.id.uuid();
    match (offering.kind, course, workshop) {
        (OfferingKind::Course, Some(course), None) => Ok(AnyOffering::Course(Arc::new(Course {
            id: CourseId(key),
            offering,
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
