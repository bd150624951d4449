//! Showing an offering to the world, and taking it back. Who has it keeps it either way.

use crate::app::App;
use crate::catalog::model::{Course, OfferingStatus, requirements};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators;
use crate::events::Event;
use crate::kernel::{CourseId, Refusal, Result, Viewer, text};

use super::editing::Editing;

/// Publishes an offering, or says all that is missing. A payout account is not asked for: money waits for one.
pub async fn publish(app: &App, viewer: &Viewer, id: CourseId) -> Result<CourseId> {
    let edit = Editing::of(app, viewer, id).await?;
    not_taken_down(&edit.course)?;
    if edit.course.status == OfferingStatus::Published {
        return Ok(id);
    }
    let list = requirements(store::readiness(&edit.tx, id).await?);
    if list.iter().any(|one| !one.is_met) {
        return Err(CatalogRefusal::NotPublishable(list).at(["id"]).into());
    }
    stand_as(edit, OfferingStatus::Published, "offering.published").await
}

/// Makes an offering a draft again.
pub async fn unpublish(app: &App, viewer: &Viewer, id: CourseId) -> Result<CourseId> {
    let edit = Editing::of(app, viewer, id).await?;
    not_taken_down(&edit.course)?;
    match edit.course.status {
        OfferingStatus::Draft => Ok(id),
        OfferingStatus::Archived => Err(CatalogRefusal::Archived.at(["id"]).into()),
        _ => stand_as(edit, OfferingStatus::Draft, "offering.unpublished").await,
    }
}

/// Puts an offering away.
pub async fn archive(app: &App, viewer: &Viewer, id: CourseId) -> Result<CourseId> {
    let edit = Editing::of(app, viewer, id).await?;
    not_taken_down(&edit.course)?;
    match edit.course.status {
        OfferingStatus::Archived => Ok(id),
        _ => stand_as(edit, OfferingStatus::Archived, "offering.archived").await,
    }
}

/// Gives an offering another link. Every link it had keeps leading to it, and to nothing else.
pub async fn change_slug(app: &App, viewer: &Viewer, id: CourseId, slug: &str) -> Result<CourseId> {
    let edit = Editing::of(app, viewer, id).await?;
    let slug = slug.trim().to_ascii_lowercase();
    if !text::is_slug(&slug) {
        return Err(CatalogRefusal::NotASlug.at(["slug"]).into());
    }
    if slug == edit.course.slug {
        return Ok(id);
    }
    // Links are unique within a creator, over the current and the former ones together.
    creators::store::lock(&edit.tx, edit.course.creator).await?;
    store::change_slug(&edit.tx, &edit.course, slug).await?;
    edit.finish(&["slug"], Event::new("offering.slug_changed", id)).await
}

fn not_taken_down(course: &Course) -> Result<()> {
    match course.status {
        OfferingStatus::TakenDown => Err(CatalogRefusal::TakenDown.at(["id"]).into()),
        _ => Ok(()),
    }
}

async fn stand_as(edit: Editing, status: OfferingStatus, event: &'static str) -> Result<CourseId> {
    let id = edit.course.id;
    store::set_status(&edit.tx, &edit.course, status).await?;
    edit.finish(&["id"], Event::new(event, id)).await
}
