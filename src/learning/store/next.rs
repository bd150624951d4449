//! The lesson to go on with, for many enrollments at once.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use crate::app::App;
use crate::catalog::model::{Lesson, LessonKind};
use crate::db;
use crate::kernel::{EnrollmentId, Fault, PublicId, Result};

#[derive(FromQueryResult)]
struct Row {
    enrollment_id: Uuid,
    id: Uuid,
    section_id: Uuid,
    offering_id: Uuid,
    title: String,
    summary: Option<String>,
    position: i32,
    is_preview: bool,
    kind: String,
    duration_seconds: Option<i32>,
    version: i32,
}

/// The lesson each learner was in last, if it is not finished; else the first that is not. One statement for all;
/// absent where everything is finished.
pub async fn next_lessons(app: &App, ids: &[EnrollmentId]) -> Result<HashMap<EnrollmentId, Lesson>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let text = format!(
        "SELECT * FROM (
             SELECT e.id AS enrollment_id, l.id, l.section_id, l.offering_id, l.title, l.summary, l.position,
                 l.is_preview, l.kind, l.duration_seconds, l.version,
                 ROW_NUMBER() OVER (PARTITION BY e.id ORDER BY
                     CASE WHEN l.id = e.last_lesson_id THEN 0 ELSE 1 END, s.position, s.id, l.position, l.id) AS place
             FROM enrollments e
             JOIN lessons l ON l.offering_id = e.offering_id
             JOIN sections s ON s.id = l.section_id
             LEFT JOIN lesson_progress p
                 ON p.user_id = e.user_id AND p.lesson_id = l.id AND p.state = 'COMPLETED'
             WHERE e.id IN ({}) AND p.lesson_id IS NULL
         ) AS open_lessons WHERE place = 1",
        places.join(", ")
    );
    let binds = ids.iter().map(|id| Value::from(id.uuid()));
    let rows = app.db.read().query_all_raw(db::sql(app.db.backend(), &text, binds)).await?;
    rows.iter().map(|row| lesson(Row::from_query_result(row, "")?)).collect()
}

fn lesson(row: Row) -> Result<(EnrollmentId, Lesson)> {
    let kind = LessonKind::of(&row.kind).ok_or_else(|| Fault::new("reading a lesson's kind", &row.kind))?;
    let lesson = Lesson {
        id: row.id.into(),
        section: row.section_id.into(),
        course: row.offering_id.into(),
        title: row.title,
        summary: row.summary,
        position: row.position,
        is_preview: row.is_preview,
        kind,
        duration_seconds: row.duration_seconds,
        version: row.version,
    };
    Ok((EnrollmentId(row.enrollment_id), lesson))
}
