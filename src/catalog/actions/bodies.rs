//! Giving a lesson something to teach with.

use crate::app::App;
use crate::catalog::model::Body;
use crate::catalog::refusals::CatalogRefusal;
use crate::catalog::store;
use crate::kernel::text::Checks;
use crate::kernel::{LessonId, Refusal, Result, Viewer};

use super::editing::{Editing, event};

/// Sets a lesson's body, replacing the one it had, of whatever kind.
pub async fn set_content(app: &App, viewer: &Viewer, id: LessonId, body: Body) -> Result<LessonId> {
    let (edit, lesson) = Editing::of_lesson(app, viewer, id).await?;
    let mut checks = Checks::default();
    let body = body.checked(&mut checks);
    checks.done()?;
    let seconds = take_files(&edit, id, &body).await?;
    store::set_body(&edit.tx, id, &body, seconds).await?;
    store::touch_lesson(&edit.tx, id).await?;
    edit.finish(&["content"], event("lesson.content_set", id, lesson.course)).await?;
    Ok(id)
}

/// Takes the body's files into use; how long its media plays.
async fn take_files(edit: &Editing, id: LessonId, body: &Body) -> Result<Option<i32>> {
    let (files, wanted) = body.assets();
    let attached = store::files_of(&edit.tx, id, false).await?;
    let mut seconds = None;
    for (at, file) in files.iter().enumerate() {
        let at = at.to_string();
        let within = ["content", body.path(), &at];
        let path = if matches!(body, Body::Download(_)) { &within[..] } else { &within[..2] };
        if matches!(body, Body::Download(_)) && attached.contains(file) {
            return Err(CatalogRefusal::AlreadyAttached.at(path.iter().copied()).into());
        }
        seconds = edit.take(*file, wanted, path).await?;
    }
    Ok(seconds)
}
