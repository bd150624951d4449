//! Making a workshop, and changing its words. Its sessions are the business of `workshops`.

use crate::app::App;
use crate::catalog::model::WorkshopText;
use crate::catalog::store;
use crate::creators::{Permission, desk};
use crate::events::Event;
use crate::kernel::text::{Checks, TextRefusal};
use crate::kernel::{CreatorId, Result, Viewer, WorkshopId};

use super::courses::{begin_draft, change_niches, check_cover};
use super::editing::Editing;

/// Makes a draft. Its link is made from its title.
pub async fn create_workshop(
    app: &App,
    viewer: &Viewer,
    creator: CreatorId,
    words: WorkshopText,
) -> Result<WorkshopId> {
    let desk = desk(app, viewer, creator, Permission::Catalog).await?;
    let mut checks = Checks::default();
    if words.page.title.is_none() {
        checks.take(&["input", "title"], Err::<(), _>(TextRefusal::Required("A title")));
    }
    let words = words.checked(&mut checks);
    checks.done()?;
    let (mut tx, slug, niches) = begin_draft(app, &desk, &words.page, "workshop").await?;
    let id = store::insert_workshop(&tx, creator, slug, words).await?;
    store::set_niches(&tx, id.into(), niches).await?;
    tx.record(Event::new("workshop.created", id).of_creator(creator));
    tx.commit().await?;
    Ok(id)
}

/// Changes a workshop's words, where it takes place and who may see its recordings.
pub async fn update_workshop(
    app: &App,
    viewer: &Viewer,
    id: WorkshopId,
    words: WorkshopText,
    expected: Option<i32>,
) -> Result<WorkshopId> {
    let (edit, workshop) = Editing::of_workshop(app, viewer, id).await?;
    Editing::expect(workshop.version, expected)?;
    let mut checks = Checks::default();
    let words = words.checked(&mut checks);
    checks.done()?;
    check_cover(&edit.tx, workshop.creator, words.page.cover).await?;
    change_niches(&edit, words.page.niche_slugs.as_deref()).await?;
    let path = ["input", words.taking_away()];
    store::update_workshop(&edit.tx, id, words).await?;
    edit.finish(&path, Event::new("workshop.updated", id)).await?;
    Ok(id)
}
