//! Making a course, and changing its words.

use crate::app::App;
use crate::catalog::model::{AssetUse, CourseText, PageText};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::creators::{self, Desk, Permission, desk};
use crate::db::Tx;
use crate::events::Event;
use crate::kernel::text::{Checks, TextRefusal, slug};
use crate::kernel::{AssetId, CourseId, CreatorId, NicheId, Refusal, Result, Viewer};

use super::editing::{Editing, take};

const COVER: [&str; 2] = ["input", "coverAssetId"];

/// Makes a draft. Its link is made from its title.
pub async fn create_course(
    app: &App,
    viewer: &Viewer,
    creator: CreatorId,
    words: CourseText,
) -> Result<CourseId> {
    let desk = desk(app, viewer, creator, Permission::Catalog).await?;
    let mut checks = Checks::default();
    if words.page.title.is_none() {
        checks.take(&["input", "title"], Err::<(), _>(TextRefusal::Required("A title")));
    }
    let words = words.checked(&mut checks);
    checks.done()?;
    let (mut tx, slug, niches) = begin_draft(app, &desk, &words.page, "course").await?;
    let id = store::insert_course(&tx, creator, slug, words).await?;
    store::set_niches(&tx, id.into(), niches).await?;
    tx.record(Event::new("course.created", id).of_creator(creator));
    tx.commit().await?;
    Ok(id)
}

/// Begins the draft of something one learns with: the studio is locked; gives its link and its niches.
pub(super) async fn begin_draft(
    app: &App,
    desk: &Desk,
    page: &PageText,
    plain: &str,
) -> Result<(Tx, String, Vec<NicheId>)> {
    let tx = app.begin().await?;
    creators::store::lock(&tx, desk.creator_id).await?;
    check_cover(&tx, desk.creator_id, page.cover).await?;
    let niches = niches(&tx, page.niche_slugs.as_deref().unwrap_or_default()).await?;
    let title = page.title.as_deref().unwrap_or_default();
    let slug = store::free_slug(tx.conn(), desk.creator_id, &link(title, plain)).await?;
    Ok((tx, slug, niches))
}

/// A link that leaves room for a number; a title without Latin letters gives a plain one.
pub(super) fn link(title: &str, plain: &str) -> String {
    let made = slug(title);
    let short: String = made.chars().take(54).collect();
    let short = short.trim_end_matches('-');
    if short.len() < 2 { plain.to_owned() } else { short.to_owned() }
}

/// Changes a course's words.
pub async fn update_course(
    app: &App,
    viewer: &Viewer,
    id: CourseId,
    words: CourseText,
    expected: Option<i32>,
) -> Result<CourseId> {
    let (edit, course) = Editing::of_course(app, viewer, id).await?;
    Editing::expect(course.version, expected)?;
    let mut checks = Checks::default();
    let words = words.checked(&mut checks);
    checks.done()?;
    check_cover(&edit.tx, course.creator, words.page.cover).await?;
    change_niches(&edit, words.page.niche_slugs.as_deref()).await?;
    store::update_course(&edit.tx, id, words).await?;
    edit.finish(&["input", "descriptionMarkdown"], Event::new("course.updated", id)).await?;
    Ok(id)
}

pub(super) async fn check_cover(tx: &Tx, creator: CreatorId, cover: Option<Option<AssetId>>) -> Result<()> {
    if let Some(Some(asset)) = cover {
        take(tx, creator, asset, AssetUse::Cover, &COVER).await?;
    }
    Ok(())
}

/// Lists what is edited under other niches, if any are named.
pub(super) async fn change_niches(edit: &Editing, slugs: Option<&[String]>) -> Result<()> {
    let Some(slugs) = slugs else { return Ok(()) };
    let niches = niches(&edit.tx, slugs).await?;
    store::set_niches(&edit.tx, edit.offering.id, niches).await
}

/// All of these niches, or which are not there.
pub(super) async fn niches(tx: &Tx, slugs: &[String]) -> Result<Vec<NicheId>> {
    if slugs.is_empty() {
        return Ok(Vec::new());
    }
    let known = creators::store::niche_ids(tx.conn(), slugs).await?;
    let mut checks = Checks::default();
    for slug in slugs.iter().filter(|slug| !known.contains_key(*slug)) {
        let short = slug.chars().take(60).collect();
        checks.add(CatalogRefusal::NoSuchNiche(short).at(["input", "nicheSlugs"]));
    }
    checks.done()?;
    Ok(known.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::text::is_slug;

    #[test]
    fn every_title_gives_a_link() {
        assert_eq!(link("Sourdough, from scratch!", "course"), "sourdough-from-scratch");
        assert_eq!(link("日本料理", "bundle"), "bundle");
        assert_eq!(link("A", "course"), "course");
        let long = link(&"word ".repeat(30), "course");
        assert!(is_slug(&long) && is_slug(&format!("{long}-12345")), "{long}");
    }
}
