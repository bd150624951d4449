//! How much a device has to keep of a course to learn it without a connection.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use crate::app::App;
use crate::db;
use crate::kernel::{CourseId, LessonId, PublicId, Result};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    offering_id: Uuid,
    bytes: i64,
}

/// The lessons of some courses that are more than their title, in the order of learning, each with the bytes of what it
/// teaches with: the largest stream of a film (or its original, where it is played), its files, its article. One
/// statement for all.
pub async fn offline_lessons(app: &App, ids: &[CourseId]) -> Result<HashMap<CourseId, Vec<(LessonId, i64)>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let text = format!(
        "SELECT id, offering_id, bytes FROM (
             SELECT l.id, l.offering_id, s.position AS section, l.position, CAST(
                 CASE WHEN a.id IS NULL THEN 0 ELSE COALESCE((SELECT MAX(r.byte_size) FROM renditions r
                     WHERE r.asset_id = a.id AND r.kind IN ('VIDEO', 'AUDIO')), a.byte_size) END
                 + COALESCE((SELECT SUM(f.byte_size) FROM lesson_attachments t JOIN assets f ON f.id = t.asset_id
                     WHERE t.lesson_id = l.id AND f.state = 'READY' AND f.deleted_at IS NULL), 0)
                 + COALESCE(OCTET_LENGTH(l.article_markdown), 0) AS BIGINT) AS bytes
             FROM lessons l
             JOIN sections s ON s.id = l.section_id
             LEFT JOIN assets a ON a.id = l.media_asset_id AND a.state = 'READY' AND a.deleted_at IS NULL
             WHERE l.offering_id IN ({})
         ) AS weighed WHERE bytes > 0 ORDER BY section, position, id",
        places.join(", ")
    );
    let binds = ids.iter().map(|id| Value::from(id.uuid()));
    let rows = app.db.read().query_all_raw(db::sql(app.db.backend(), &text, binds)).await?;
    let mut found: HashMap<CourseId, Vec<(LessonId, i64)>> = HashMap::new();
    for row in rows {
        let row = Row::from_query_result(&row, "")?;
        found.entry(CourseId(row.offering_id)).or_default().push((LessonId(row.id), row.bytes));
    }
    Ok(found)
}
