//! Adding, naming and removing sections.

use crate::app::App;
use crate::catalog::model::MOST_SECTIONS;
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::kernel::text::{self, TextRefusal};
use crate::kernel::{CourseId, Refusal, Result, SectionId, Viewer};

use super::editing::{Editing, event};

const TITLE: [&str; 2] = ["input", "title"];

fn title(given: Option<&str>) -> Result<String> {
    let given = given.ok_or_else(|| TextRefusal::Required("A title").at(TITLE))?;
    Ok(text::line("A title", given, 120).map_err(|refusal| refusal.at(TITLE))?)
}

/// Adds a section at the end.
pub async fn create_section(
    app: &App,
    viewer: &Viewer,
    course: CourseId,
    given: Option<String>,
) -> Result<SectionId> {
    let (edit, now) = Editing::of_course(app, viewer, course).await?;
    let title = title(given.as_deref())?;
    if now.section_count >= MOST_SECTIONS {
        return Err(CatalogRefusal::OutlineFull("sections", MOST_SECTIONS).at(["courseId"]).into());
    }
    let id = store::insert_section(&edit.tx, course, title, now.section_count).await?;
    edit.finish(&["courseId"], event("section.created", id, course)).await?;
    Ok(id)
}

/// Gives a section another title; without one, nothing changes.
pub async fn rename_section(
    app: &App,
    viewer: &Viewer,
    id: SectionId,
    given: Option<String>,
) -> Result<SectionId> {
    let (edit, section) = Editing::of_section(app, viewer, id).await?;
    let Some(given) = given else { return Ok(id) };
    store::rename_section(&edit.tx, id, title(Some(&given))?).await?;
    edit.finish(&["id"], event("section.updated", id, section.course)).await?;
    Ok(id)
}

/// Removes a section with its lessons.
pub async fn delete_section(app: &App, viewer: &Viewer, id: SectionId) -> Result<SectionId> {
    let (mut edit, section) = Editing::of_section(app, viewer, id).await?;
    store::delete_section(&edit.tx, &section).await?;
    edit.lessons_removed();
    edit.finish(&["id"], event("section.deleted", id, section.course)).await?;
    Ok(id)
}
