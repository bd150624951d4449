//! What courses have beyond other offerings: their words and their counts.

use std::sync::Arc;

use entity::{courses, offerings};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait,
};

use crate::catalog::model::{AnyOffering, Course, CourseText, OfferingKind};
use crate::db::Tx;
use crate::kernel::{CourseId, CreatorId, PublicId, Result};

use super::drafts::{taught_draft, taught_edited};

/// A course by key, whoever may see it.
pub async fn course(conn: &impl ConnectionTrait, id: CourseId) -> Result<Option<Arc<Course>>> {
    Ok(super::offering(conn, id.into()).await?.and_then(AnyOffering::course))
}

/// Writes a draft.
pub async fn insert_course(tx: &Tx, creator: CreatorId, slug: String, words: CourseText) -> Result<CourseId> {
    let id = CourseId(tx.id());
    let offering = taught_draft(tx, id.uuid(), (OfferingKind::Course, creator, slug), words.page);
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

/// Changes the words; what is absent stays. Niches are set with [`super::set_niches`].
pub async fn update_course(tx: &Tx, id: CourseId, words: CourseText) -> Result<()> {
    let offering = taught_edited(tx, id.uuid(), words.page);
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

/// Keeps the counts of a course's outline.
pub async fn set_counts(tx: &Tx, id: CourseId, counts: super::Counts) -> Result<()> {
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
