//! Adding, describing and removing lessons.

use crate::app::App;
use crate::catalog::model::{AssetUse, LessonText, MOST_LESSONS};
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::kernel::text::{Checks, TextRefusal};
use crate::kernel::{AssetId, LessonId, Refusal, Result, SectionId, Viewer};

use super::editing::{Editing, event};

/// Adds a lesson at the end of a section. It has no body yet.
pub async fn create_lesson(
    app: &App,
    viewer: &Viewer,
    section: SectionId,
    words: LessonText,
) -> Result<LessonId> {
    let (edit, section) = Editing::of_section(app, viewer, section).await?;
    let mut checks = Checks::default();
    if words.title.is_none() {
        checks.take(&["input", "title"], Err::<(), _>(TextRefusal::Required("A title")));
    }
    let words = words.checked(&mut checks);
    checks.done()?;
    let outline = store::outline(edit.tx.conn(), section.course).await?;
    if i32::try_from(outline.lessons.len()).unwrap_or(i32::MAX) >= MOST_LESSONS {
        return Err(CatalogRefusal::OutlineFull("lessons", MOST_LESSONS).at(["sectionId"]).into());
    }
    let before = outline.lessons.iter().filter(|lesson| lesson.section == section.id).count();
    let position = i32::try_from(before).unwrap_or(i32::MAX);
    let title = words.title.clone().unwrap_or_default();
    let id = store::insert_lesson(&edit.tx, &section, title, &words, position).await?;
    if let Some(files) = &words.attachments {
        attach(&edit, id, files).await?;
    }
    edit.finish(&["sectionId"], event("lesson.created", id, section.course)).await?;
    Ok(id)
}

/// Changes what is said of a lesson, and which files come with it.
pub async fn update_lesson(
    app: &App,
    viewer: &Viewer,
    id: LessonId,
    words: LessonText,
    expected: Option<i32>,
) -> Result<LessonId> {
    let (edit, lesson) = Editing::of_lesson(app, viewer, id).await?;
    Editing::expect(lesson.version, expected)?;
    let mut checks = Checks::default();
    let words = words.checked(&mut checks);
    checks.done()?;
    if let Some(files) = &words.attachments {
        attach(&edit, id, files).await?;
    }
    store::update_lesson(&edit.tx, id, words).await?;
    store::touch_lesson(&edit.tx, id).await?;
    edit.finish(&["id"], event("lesson.updated", id, lesson.course)).await?;
    Ok(id)
}

/// Sets the files that come with a lesson. A file is either that or the lesson itself.
async fn attach(edit: &Editing, id: LessonId, files: &[AssetId]) -> Result<()> {
    let content = store::files_of(&edit.tx, id, true).await?;
    for (at, file) in files.iter().enumerate() {
        let at = at.to_string();
        let path = ["input", "attachmentAssetIds", &at];
        if content.contains(file) {
            return Err(CatalogRefusal::AlreadyContent.at(path).into());
        }
        edit.take(*file, AssetUse::File, &path).await?;
    }
    store::set_attachments(&edit.tx, id, files, false).await
}

/// Removes a lesson. What learners did in it goes with it.
pub async fn delete_lesson(app: &App, viewer: &Viewer, id: LessonId) -> Result<LessonId> {
    let (mut edit, lesson) = Editing::of_lesson(app, viewer, id).await?;
    store::delete_lesson(&edit.tx, &lesson).await?;
    edit.lessons_removed();
    edit.finish(&["id"], event("lesson.deleted", id, lesson.course)).await?;
    Ok(id)
}
