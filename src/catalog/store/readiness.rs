//! Counting what an offering has: for a course's page, and before it is published.

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::catalog::model::{AnyOffering, Contents, Readiness};
use crate::db::{self, Tx};
use crate::kernel::{CourseId, Fault, PublicId, Result};

/// What the course's row keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Sections.
    pub sections: i32,
    /// Lessons.
    pub lessons: i32,
    /// Minutes of all lessons, begun ones counted whole.
    pub minutes: i32,
}

/// A lesson `l` that has a body.
const TAUGHT: &str = "(l.media_asset_id IS NOT NULL OR l.article_markdown IS NOT NULL
     OR EXISTS (SELECT 1 FROM lesson_attachments f WHERE f.lesson_id = l.id AND f.is_content))";

#[derive(FromQueryResult)]
struct CountsRow {
    sections: i64,
    lessons: i64,
    seconds: i64,
}

/// Counts a course as it is in this transaction.
pub async fn counts(tx: &Tx, course: CourseId) -> Result<Counts> {
    let text = "SELECT
         (SELECT COUNT(*) FROM sections s WHERE s.offering_id = $1) AS sections,
         (SELECT COUNT(*) FROM lessons l WHERE l.offering_id = $1) AS lessons,
         (SELECT CAST(COALESCE(SUM(l.duration_seconds), 0) AS BIGINT)
            FROM lessons l WHERE l.offering_id = $1) AS seconds";
    let row: CountsRow = one(tx, text, vec![course.uuid().into()]).await?;
    let small = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
    Ok(Counts {
        sections: small(row.sections),
        lessons: small(row.lessons),
        minutes: small((row.seconds + 59) / 60),
    })
}

#[derive(FromQueryResult)]
struct ReadinessRow {
    described: bool,
    taught: i64,
    waiting: i64,
    items: i64,
    public_items: i64,
    perks: i64,
    places: i64,
    venues: i64,
    sessions: i64,
    prices: i64,
}

/// What an offering has of what publishing asks for, as it is in this transaction.
pub async fn readiness(tx: &Tx, offering: &AnyOffering) -> Result<Readiness> {
    let text = format!(
        "SELECT
         (SELECT o.description_markdown <> '' FROM offerings o WHERE o.id = $1) AS described,
         (SELECT COUNT(*) FROM lessons l WHERE l.offering_id = $1 AND {TAUGHT}) AS taught,
         (SELECT COUNT(*) FROM assets a WHERE (a.state <> 'READY' OR a.deleted_at IS NOT NULL) AND (
             a.id IN (SELECT l.media_asset_id FROM lessons l WHERE l.offering_id = $1)
             OR a.id IN (SELECT f.asset_id FROM lesson_attachments f
                         JOIN lessons l ON l.id = f.lesson_id WHERE l.offering_id = $1)
             OR a.id = (SELECT o.cover_asset_id FROM offerings o WHERE o.id = $1))) AS waiting,
         (SELECT COUNT(*) FROM bundle_items i WHERE i.bundle_id = $1) AS items,
         (SELECT COUNT(*) FROM bundle_items i JOIN offerings o ON o.id = i.item_id
             WHERE i.bundle_id = $1 AND o.status IN ('PUBLISHED', 'UNLISTED')) AS public_items,
         (SELECT COUNT(*) FROM membership_plans m WHERE m.offering_id = $1 AND (m.includes_all
             OR EXISTS (SELECT 1 FROM membership_inclusions n WHERE n.plan_id = $1)
             OR CAST(m.perks AS TEXT) <> '[]')) AS perks,
         (SELECT COUNT(*) FROM workshops w WHERE w.offering_id = $1 AND w.format <> 'ONLINE') AS places,
         (SELECT COUNT(*) FROM workshops w WHERE w.offering_id = $1 AND w.venue_name IS NOT NULL) AS venues,
         (SELECT COUNT(*) FROM workshop_sessions s WHERE s.workshop_id = $1 AND s.cancelled_at IS NULL
             AND s.starts_at > $2) AS sessions,
         (SELECT COUNT(*) FROM prices p WHERE p.offering_id = $1 AND p.archived_at IS NULL
             AND (p.available_until IS NULL OR p.available_until > $2)) AS prices"
    );
    let row: ReadinessRow = one(tx, &text, vec![offering.id.uuid().into(), tx.now().into()]).await?;
    Ok(Readiness {
        described: row.described,
        contents: match offering {
            AnyOffering::Course(_) => Contents::Lessons(row.taught),
            AnyOffering::Workshop(_) => Contents::Sessions(row.sessions),
            AnyOffering::Bundle(_) => Contents::Items { all: row.items, public: row.public_items },
            AnyOffering::Plan(_) => Contents::Perks(row.perks > 0),
        },
        venue: (row.places > 0).then_some(row.venues > 0),
        media_waiting: row.waiting,
        active_prices: row.prices,
    })
}

async fn one<T: FromQueryResult>(tx: &Tx, text: &str, binds: Vec<sea_orm::Value>) -> Result<T> {
    let statement = db::sql(tx.conn().get_database_backend(), text, binds);
    let row = T::find_by_statement(statement).one(tx.conn()).await?;
    Ok(row.ok_or_else(|| Fault::new("counting an offering", "the database gave no row"))?)
}
