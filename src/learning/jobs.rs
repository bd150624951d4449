//! Following what happens to courses: when a lesson is removed, progress in it goes with it, and is no longer counted.

use serde_json::Value;

use crate::app::App;
use crate::catalog::actions::LESSONS_REMOVED;
use crate::events::Event;
use crate::kernel::{CourseId, Fault, Result};
use crate::worker::Registry;

use super::store;

/// This room's jobs.
pub fn register(registry: &mut Registry) {
    registry.on(LESSONS_REMOVED, |app: App, payload: Value| async move {
        let course = payload.get("course").and_then(Value::as_str).and_then(|id| id.parse().ok());
        recount(&app, course.ok_or_else(|| Fault::new("counting finished lessons", "no course is named"))?)
            .await
    });
}

/// Counts the finished lessons of everybody who has the course. Who has finished all that are left has finished it.
async fn recount(app: &App, course: CourseId) -> Result<()> {
    let mut tx = app.begin().await?;
    store::lock_learners(&tx, course).await?;
    store::recount(&tx, course).await?;
    for (enrollment, user) in store::complete_finished(&tx, course).await? {
        tx.record(Event::new("enrollment.completed", enrollment).of_user(user));
    }
    tx.commit().await
}
