//! What the media tables must keep, as `atelier doctor` checks it.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::db::{self, Db};
use crate::kernel::{AssetId, Result};

/// Each rule, and the query that names the assets that break it.
const RULES: &[(&str, &str)] = &[
    (
        "it is READY, but its bytes, hash or upload were never settled",
        "SELECT a.id AS id FROM assets a WHERE a.state = 'READY' AND (a.object_key IS NULL OR a.sha256 IS NULL
             OR NOT EXISTS (SELECT 1 FROM uploads u WHERE u.asset_id = a.id AND u.completed_at IS NOT NULL))
         LIMIT 100",
    ),
    (
        "it waits for bytes, but its upload is closed",
        "SELECT a.id AS id FROM assets a JOIN uploads u ON u.asset_id = a.id
         WHERE a.state = 'AWAITING_UPLOAD' AND (u.completed_at IS NOT NULL OR u.aborted_at IS NOT NULL) LIMIT 100",
    ),
    (
        "it is UPLOADED, but no verification of any file is under way or given up",
        "SELECT a.id AS id FROM assets a WHERE a.state = 'UPLOADED' AND a.deleted_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'media.verify' AND j.state <> 'DONE') LIMIT 100",
    ),
    (
        "it is PROCESSING without an original, or says how far it is without being PROCESSING",
        "SELECT a.id AS id FROM assets a
         WHERE (a.state = 'PROCESSING' AND (a.object_key IS NULL OR a.processing_basis_points IS NULL))
            OR (a.state <> 'PROCESSING' AND a.processing_basis_points IS NOT NULL) LIMIT 100",
    ),
    (
        "it is PROCESSING, but no processing at all is under way or given up",
        "SELECT a.id AS id FROM assets a WHERE a.state = 'PROCESSING' AND a.deleted_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'media.process' AND j.state <> 'DONE') LIMIT 100",
    ),
    (
        "something was made of it, but it is neither PROCESSING nor READY, or has a picture without a stream",
        "SELECT DISTINCT a.id AS id FROM renditions r JOIN assets a ON a.id = r.asset_id
         WHERE a.state NOT IN ('PROCESSING', 'READY') OR (a.state = 'READY' AND NOT EXISTS
             (SELECT 1 FROM renditions s WHERE s.asset_id = a.id AND s.kind IN ('VIDEO', 'AUDIO'))) LIMIT 100",
    ),
    (
        "it has chapters, but is not played, or ends before one of them begins",
        "SELECT DISTINCT a.id AS id FROM chapters c JOIN assets a ON a.id = c.asset_id
         WHERE a.kind NOT IN ('VIDEO', 'AUDIO') OR a.state NOT IN ('READY', 'QUARANTINED')
            OR c.start_seconds >= a.duration_seconds LIMIT 100",
    ),
    (
        "it has pages, but is no PDF that was verified",
        "SELECT a.id AS id FROM assets a WHERE (a.page_count IS NOT NULL OR a.document_problem IS NOT NULL)
             AND (a.content_type <> 'application/pdf' OR a.state NOT IN ('READY', 'QUARANTINED')) LIMIT 100",
    ),
    (
        "a published lesson plays it, but it is not READY",
        "SELECT DISTINCT a.id AS id FROM lessons l JOIN offerings o ON o.id = l.offering_id
             JOIN assets a ON a.id = l.media_asset_id
         WHERE o.status = 'PUBLISHED' AND (a.state <> 'READY' OR a.deleted_at IS NOT NULL) LIMIT 100",
    ),
];

/// Every broken rule, a sentence each; empty when all is well.
pub async fn check(db: &Db) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (rule, query) in RULES {
        for row in db.read().query_all_raw(db::sql(db.backend(), query, [])).await? {
            let id = AssetId(row.try_get::<Uuid>("", "id")?);
            broken.push(format!("asset {id}: {rule}"));
        }
    }
    Ok(broken)
}
