//! What courses have beyond other offerings: their words, their counts, the niches they are listed under.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{courses, niches, offering_niches, offerings};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};

use crate::app::App;
use crate::catalog::model::{AnyOffering, Course, CourseText, Level, OfferingKind};
use crate::creators::model::Niche;
use crate::db::Tx;
use crate::kernel::{CourseId, CreatorId, NicheId, PublicId, Result};

use super::drafts::{draft, edited};

/// A course by key, whoever may see it.
pub async fn course(conn: &impl ConnectionTrait, id: CourseId) -> Result<Option<Arc<Course>>> {
    Ok(super::offering(conn, id.into()).await?.and_then(AnyOffering::course))
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
        subtitle: Set(words.subtitle.flatten()),
        description_markdown: Set(words.description.unwrap_or_default()),
        cover_asset_id: Set(words.cover.flatten().map(PublicId::uuid)),
        level: Set(words.level.unwrap_or(Level::All).name().to_owned()),
        language: Set(words.language.unwrap_or(new.language)),
        ..draft(tx, id.uuid(), (OfferingKind::Course, new.creator, new.slug), new.title)
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
        subtitle: words.subtitle.map_or(NotSet, Set),
        level: words.level.map_or(NotSet, |level| Set(level.name().to_owned())),
        language: words.language.map_or(NotSet, Set),
        ..edited(tx, id.uuid(), words.title, words.description, words.cover)
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
