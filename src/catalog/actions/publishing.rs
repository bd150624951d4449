//! Showing an offering to the world, and taking it back. Who has it keeps it either way.

use serde_json::json;

use crate::app::App;
use crate::catalog::model::{Offering, OfferingStatus, requirements};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators;
use crate::kernel::{OfferingId, PublicId, Refusal, Result, Viewer, text};
use crate::queue::Job;

use super::editing::Editing;

/// The job after an offering was published: payload `offering`. `memberships` opens it to members.
pub const PUBLISHED: &str = "memberships.published";

/// Publishes an offering, or says all that is missing. A payout account is not asked for: money waits for one.
pub async fn publish(app: &App, viewer: &Viewer, id: OfferingId) -> Result<OfferingId> {
    let edit = Editing::of(app, viewer, id).await?;
    not_taken_down(&edit.offering)?;
    if edit.offering.status == OfferingStatus::Published {
        return Ok(id);
    }
    let list = requirements(store::readiness(&edit.tx, &edit.offering).await?);
    if list.iter().any(|one| !one.is_met) {
        return Err(CatalogRefusal::NotPublishable(list).at(["id"]).into());
    }
    let mut edit = edit;
    // Plans that open everything open this too; `memberships` does it.
    edit.tx.enqueue(Job::new(PUBLISHED, json!({ "offering": id.uuid() })));
    stand_as(edit, OfferingStatus::Published, "offering.published").await
}

/// Makes an offering a draft again.
pub async fn unpublish(app: &App, viewer: &Viewer, id: OfferingId) -> Result<OfferingId> {
    let edit = Editing::of(app, viewer, id).await?;
    not_taken_down(&edit.offering)?;
    match edit.offering.status {
        OfferingStatus::Draft => Ok(id),
        OfferingStatus::Archived => Err(CatalogRefusal::Archived.at(["id"]).into()),
        _ => stand_as(edit, OfferingStatus::Draft, "offering.unpublished").await,
    }
}

/// Puts an offering away.
pub async fn archive(app: &App, viewer: &Viewer, id: OfferingId) -> Result<OfferingId> {
    let edit = Editing::of(app, viewer, id).await?;
    not_taken_down(&edit.offering)?;
    match edit.offering.status {
        OfferingStatus::Archived => Ok(id),
        _ => stand_as(edit, OfferingStatus::Archived, "offering.archived").await,
    }
}

/// Gives an offering another link. Every link it had keeps leading to it, and to nothing else.
pub async fn change_slug(app: &App, viewer: &Viewer, id: OfferingId, slug: &str) -> Result<OfferingId> {
    let edit = Editing::of(app, viewer, id).await?;
    let slug = slug.trim().to_ascii_lowercase();
    if !text::is_slug(&slug) {
        return Err(CatalogRefusal::NotASlug.at(["slug"]).into());
    }
    if slug == edit.offering.slug {
        return Ok(id);
    }
    // Links are unique within a creator, over the current and the former ones together.
    creators::store::lock(&edit.tx, edit.offering.creator).await?;
    store::change_slug(&edit.tx, &edit.offering, slug).await?;
    let changed = edit.event("offering.slug_changed");
    edit.finish(&["slug"], changed).await?;
    Ok(id)
}

fn not_taken_down(offering: &Offering) -> Result<()> {
    match offering.status {
        OfferingStatus::TakenDown => Err(CatalogRefusal::TakenDown.at(["id"]).into()),
        _ => Ok(()),
    }
}

async fn stand_as(edit: Editing, status: OfferingStatus, event: &'static str) -> Result<OfferingId> {
    let id = edit.offering.id;
    store::set_status(&edit.tx, &edit.offering, status).await?;
    let event = edit.event(event);
    edit.finish(&["id"], event).await?;
    Ok(id)
}
