//! Whose documents are not what they should be: an older version of the program wrote beside a newer one, as happens while
//! instances are replaced one by one, and knew nothing of documents or made them differently.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::db::{self, Db};
use crate::kernel::{CreatorId, Result};

/// The rules of the room (`search::invariants`), asked the other way round: creators for whom one does not hold.
const LAGGING: &str = "SELECT o.creator_id AS creator_id
      FROM offerings o JOIN storefronts s ON s.creator_id = o.creator_id
      WHERE o.status = 'PUBLISHED' AND o.kind <> 'MEMBERSHIP' AND s.is_published
        AND NOT EXISTS (SELECT 1 FROM search_documents d WHERE d.id = o.id AND d.kind = o.kind)
    UNION
    SELECT s.creator_id FROM storefronts s
      WHERE s.is_published
        AND NOT EXISTS (SELECT 1 FROM search_documents d WHERE d.id = s.creator_id AND d.kind = 'CREATOR')
    UNION
    SELECT d.creator_id
      FROM search_documents d JOIN creators c ON c.id = d.creator_id
      LEFT JOIN storefronts s ON s.creator_id = d.creator_id
      LEFT JOIN offerings o ON o.id = d.id
      WHERE NOT COALESCE(s.is_published, FALSE)
         OR (d.kind <> 'CREATOR' AND COALESCE(o.status, '') <> 'PUBLISHED')
         OR d.creator_name <> c.display_name
         OR d.label <> COALESCE(o.title, c.display_name)
         OR d.version <> COALESCE(o.version, 0)
    LIMIT $1";

/// Up to `limit` of them.
pub async fn lagging(db: &Db, limit: u64) -> Result<Vec<CreatorId>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db.read().query_all_raw(db::sql(db.backend(), LAGGING, [limit.into()])).await?;
    let creators = rows.iter().map(|row| Ok(CreatorId(row.try_get::<Uuid>("", "creator_id")?)));
    creators.collect()
}
