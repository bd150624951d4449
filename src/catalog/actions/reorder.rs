//! Putting a course's sections and lessons in another order, all at once.

use crate::app::App;
use crate::catalog::model::{OutlineOrder, reordered};
use crate::catalog::store;
use crate::events::Event;
use crate::kernel::text::Checks;
use crate::kernel::{CourseId, Refusal, Result, Viewer};

use super::editing::Editing;

/// Sets the whole order. `expected` is the course's version, so that nobody sorts an outline they have not seen.
pub async fn reorder(
    app: &App,
    viewer: &Viewer,
    id: CourseId,
    wanted: &[OutlineOrder],
    expected: i32,
) -> Result<CourseId> {
    let (edit, course) = Editing::of_course(app, viewer, id).await?;
    Editing::expect(course.version, Some(expected))?;
    let outline = store::outline(edit.tx.conn(), id).await?;
    let mut checks = Checks::default();
    let places = reordered(&outline, wanted).unwrap_or_else(|wrong| {
        wrong.into_iter().for_each(|(path, refusal)| checks.add(refusal.at(path)));
        Vec::new()
    });
    checks.done()?;
    let sections = wanted.iter().map(|entry| entry.section).collect();
    store::place_sections(&edit.tx, sections).await?;
    store::place_lessons(&edit.tx, &places).await?;
    edit.finish(&["outline"], Event::new("course.reordered", id)).await?;
    Ok(id)
}
