//! Making a bundle, and changing its words and items.

use serde_json::json;

use crate::app::App;
use crate::catalog::model::{BundleText, OfferingKind};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators::{self, Permission, desk};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::text::{Checks, TextRefusal};
use crate::kernel::{BundleId, CreatorId, OfferingId, PublicId, Refusal, Result, Viewer};
use crate::queue::Job;

use super::PUBLISHED;
use super::courses::{check_cover, link};
use super::editing::Editing;

/// Makes a draft. Its link is made from its title.
pub async fn create_bundle(
    app: &App,
    viewer: &Viewer,
    creator: CreatorId,
    words: BundleText,
) -> Result<BundleId> {
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
    let items = words.items.clone().unwrap_or_default();
    check_items(&tx, creator, &items).await?;
    let title = words.title.as_deref().unwrap_or_default();
    let slug = store::free_slug(tx.conn(), creator, &link(title, "bundle")).await?;
    let id = store::insert_bundle(&tx, creator, slug, words).await?;
    store::set_items(&tx, id, &items).await?;
    tx.record(Event::new("bundle.created", id).of_creator(creator));
    tx.commit().await?;
    Ok(id)
}

/// Changes a bundle's words and items. Who bought it before has what was in it then.
pub async fn update_bundle(app: &App, viewer: &Viewer, id: BundleId, words: BundleText) -> Result<BundleId> {
    let mut edit = Editing::of_bundle(app, viewer, id).await?;
    let mut checks = Checks::default();
    let words = words.checked(&mut checks);
    checks.done()?;
    check_cover(&edit.tx, edit.offering.creator, words.cover).await?;
    let mut path = ["input", "descriptionMarkdown"];
    if let Some(items) = &words.items {
        check_items(&edit.tx, edit.offering.creator, items).await?;
        store::set_items(&edit.tx, id, items).await?;
        edit.tx.enqueue(Job::new(PUBLISHED, json!({ "offering": id.uuid() })));
        path = ["input", "itemIds"];
    }
    store::update_bundle(&edit.tx, id, words).await?;
    edit.finish(&path, Event::new("bundle.updated", id)).await?;
    Ok(id)
}

/// A bundle holds what this creator made, and what one can have at once: no bundle, no membership, and no workshop,
/// whose buyer chooses a session.
async fn check_items(tx: &Tx, creator: CreatorId, items: &[OfferingId]) -> Result<()> {
    let mut checks = Checks::default();
    for (at, item) in items.iter().enumerate() {
        let found = store::offering(tx.conn(), *item).await?.filter(|found| found.creator == creator);
        let refusal = match found.map(|found| found.kind) {
            None => CatalogRefusal::NotYours,
            Some(OfferingKind::Workshop | OfferingKind::Bundle | OfferingKind::Membership) => {
                CatalogRefusal::NotInABundle
            }
            Some(OfferingKind::Course) => continue,
        };
        checks.add(refusal.at(["input".to_owned(), "itemIds".to_owned(), at.to_string()]));
    }
    checks.done()
}
