//! Making a membership plan, and changing its words and what it opens.

use serde_json::json;

use crate::app::App;
use crate::catalog::model::{Included, OfferingKind, PlanText};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators::{self, Permission, desk};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::text::{Checks, TextRefusal};
use crate::kernel::{CreatorId, PlanId, PublicId, Refusal, Result, Viewer};
use crate::queue::Job;

use super::courses::{check_cover, link};
use super::editing::Editing;

/// The job after a plan opens something else: payload `plan`. `memberships` does it.
pub const PLAN_CHANGED: &str = "memberships.include";

/// Makes a draft. Its link is made from its title; what it opens is everything, unless something is named.
pub async fn create_plan(app: &App, viewer: &Viewer, creator: CreatorId, words: PlanText) -> Result<PlanId> {
    let desk = desk(app, viewer, creator, Permission::Catalog).await?;
    let mut checks = Checks::default();
    if words.title.is_none() {
        checks.take(&["input", "title"], Err::<(), _>(TextRefusal::Required("A title")));
    }
    let words = words.checked(&mut checks);
    checks.done()?;
    let mut tx = app.begin().await?;
    creators::store::lock(&tx, desk.creator_id).await?;
    check_cover(&tx, creator, words.cover).await?;
    check_included(&tx, creator, words.included.as_ref()).await?;
    let title = words.title.as_deref().unwrap_or_default();
    let slug = store::free_slug(tx.conn(), creator, &link(title, "membership")).await?;
    let id = store::insert_plan(&tx, creator, slug, words).await?;
    tx.record(Event::new("plan.created", id).of_creator(creator));
    tx.commit().await?;
    Ok(id)
}

/// Changes a plan's words and what it opens. What is taken out stays open to members until what they paid is over.
pub async fn update_plan(app: &App, viewer: &Viewer, id: PlanId, words: PlanText) -> Result<PlanId> {
    let mut edit = Editing::of_plan(app, viewer, id).await?;
    let mut checks = Checks::default();
    let words = words.checked(&mut checks);
    checks.done()?;
    let creator = edit.offering.creator;
    check_cover(&edit.tx, creator, words.cover).await?;
    check_included(&edit.tx, creator, words.included.as_ref()).await?;
    let path = if words.description.is_some() { "descriptionMarkdown" } else { "perks" };
    if words.included.is_some() {
        edit.tx.enqueue(Job::new(PLAN_CHANGED, json!({ "plan": id.uuid() })));
    }
    store::update_plan(&edit.tx, id, words).await?;
    edit.finish(&["input", path], Event::new("plan.updated", id)).await?;
    Ok(id)
}

/// A plan opens what this creator made: no other plan, and no workshop, whose seats are taken one by one.
async fn check_included(tx: &Tx, creator: CreatorId, included: Option<&Included>) -> Result<()> {
    let Some(Included::These(items)) = included else { return Ok(()) };
    let mut checks = Checks::default();
    for (at, item) in items.iter().enumerate() {
        let found = store::offering(tx.conn(), *item).await?.filter(|found| found.creator == creator);
        let refusal = match found.map(|found| found.kind) {
            None => CatalogRefusal::NotYours,
            Some(OfferingKind::Workshop | OfferingKind::Membership) => CatalogRefusal::NotInAPlan,
            Some(OfferingKind::Course | OfferingKind::Bundle) => continue,
        };
        let path = ["input".to_owned(), "includedOfferingIds".to_owned(), at.to_string()];
        checks.add(refusal.at(path));
    }
    checks.done()
}
