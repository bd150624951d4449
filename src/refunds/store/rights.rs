//! Which rights went with a refund or a dispute, and what else pays for them. Disputes write here too.

use entity::taken_rights as rights;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QueryResult, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::db::{self, Tx};
use crate::enrollment::model::Source;
use crate::kernel::{EnrollmentId, OrderLineId, PublicId, Result, UserId};

/// When a line `l` of an order `o` pays for what a right `e` gives, `p` being the line's part with the same offering: all
/// but whose line it is. Months of a membership are none, the newest alone carries its right. Neither does a line of which
/// nothing is left, nor one whose access was taken for good, though part of its money stayed.
macro_rules! pays {
    () => {
        "e.source IN ('PURCHASE', 'BUNDLE', 'GIFT') AND o.status IN ('PAID', 'PARTIALLY_REFUNDED')
         AND (l.offering_id = e.offering_id OR p.offering_id IS NOT NULL)
         AND COALESCE((SELECT SUM(u.amount_minor) FROM taken_parts u
                 WHERE u.order_line_id = l.id AND u.undone_at IS NULL), 0)
             < l.tax_minor + l.fee_minor
               + COALESCE((SELECT SUM(s.amount_minor) FROM order_shares s WHERE s.order_line_id = l.id), 0)
         AND NOT EXISTS (SELECT 1 FROM taken_rights t JOIN taken_parts u ON u.cause_id = t.cause_id
             WHERE t.enrollment_id = e.id AND u.order_line_id = l.id AND t.returned_at IS NULL)"
    };
}
pub(in crate::refunds) use pays;

/// A line that pays for a right.
pub struct Paying {
    /// For which.
    pub right: EnrollmentId,
    /// Which.
    pub line: OrderLineId,
    /// Alone, in a bundle, or as a gift.
    pub source: Source,
}

impl TryFrom<&QueryResult> for Paying {
    type Error = crate::kernel::Error;

    fn try_from(row: &QueryResult) -> Result<Self> {
        let (recipient, part): (Option<String>, Option<Uuid>) =
            (row.try_get("", "recipient")?, row.try_get("", "part")?);
        let source = match (recipient, part) {
            (Some(_), _) => Source::Gift,
            (None, Some(_)) => Source::Bundle,
            (None, None) => Source::Purchase,
        };
        let right = EnrollmentId(row.try_get("", "enrollment")?);
        Ok(Self { right, line: OrderLineId(row.try_get("", "line")?), source })
    }
}

async fn paying(conn: &impl ConnectionTrait, text: &str, id: Uuid) -> Result<Vec<Paying>> {
    let rows = conn.query_all_raw(db::sql(conn.get_database_backend(), text, [id.into()])).await?;
    rows.iter().map(Paying::try_from).collect()
}

/// Whose lines a refund or a dispute took from, and what these give: a buyer's own, or those of who redeemed a gift.
pub async fn holders(conn: &impl ConnectionTrait, cause: Uuid) -> Result<Vec<(UserId, Uuid)>> {
    let text =
        "SELECT DISTINCT CASE WHEN l.gift_recipient IS NULL THEN o.buyer_id ELSE g.redeemed_by END AS holder,
             COALESCE(p.offering_id, l.offering_id) AS thing
         FROM order_lines l JOIN orders o ON o.id = l.order_id
         LEFT JOIN gifts g ON g.order_line_id = l.id LEFT JOIN order_line_parts p ON p.order_line_id = l.id
         WHERE l.id IN (SELECT u.order_line_id FROM taken_parts u WHERE u.cause_id = $1)
         ORDER BY holder, thing";
    let rows = conn.query_all_raw(db::sql(conn.get_database_backend(), text, [cause.into()])).await?;
    let mut holders = Vec::new();
    for row in rows {
        if let Some(holder) = row.try_get::<Option<Uuid>>("", "holder")? {
            holders.push((UserId::of(holder), row.try_get("", "thing")?));
        }
    }
    Ok(holders)
}

/// What else pays for a right, of its holder's own lines and of gifts that they redeemed, the oldest first.
pub async fn also_paid(conn: &impl ConnectionTrait, right: EnrollmentId) -> Result<Vec<Paying>> {
    let text = concat!(
        "WITH theirs AS (
             SELECT b.id FROM enrollments h JOIN orders a ON a.buyer_id = h.user_id
             JOIN order_lines b ON b.order_id = a.id AND b.gift_recipient IS NULL WHERE h.id = $1
             UNION SELECT g.order_line_id FROM enrollments h JOIN gifts g ON g.redeemed_by = h.user_id WHERE h.id = $1)
         SELECT e.id AS enrollment, l.id AS line, l.gift_recipient AS recipient, p.offering_id AS part FROM enrollments e
         JOIN order_lines l ON l.id IN (SELECT id FROM theirs) AND l.id <> e.order_line_id
         JOIN orders o ON o.id = l.order_id
         LEFT JOIN order_line_parts p ON p.order_line_id = l.id AND p.offering_id = e.offering_id
         WHERE e.id = $1 AND ",
        pays!(),
        " ORDER BY l.id"
    );
    paying(conn, text, right.uuid()).await
}

/// Rights that are gone and for which the lines of a refund or a dispute pay, once it is undone: those it took itself, and
/// those that went with another payment while this one was in doubt. Not those that rest on its lines already.
pub async fn owed(conn: &impl ConnectionTrait, cause: Uuid) -> Result<Vec<Paying>> {
    let text = concat!(
        "SELECT e.id AS enrollment, l.id AS line, l.gift_recipient AS recipient, p.offering_id AS part
         FROM order_lines l JOIN orders o ON o.id = l.order_id
         LEFT JOIN gifts g ON g.order_line_id = l.id LEFT JOIN order_line_parts p ON p.order_line_id = l.id
         JOIN enrollments e ON e.offering_id IN (l.offering_id, p.offering_id)
             AND e.user_id = CASE WHEN l.gift_recipient IS NULL THEN o.buyer_id ELSE g.redeemed_by END
         WHERE l.id IN (SELECT u.order_line_id FROM taken_parts u WHERE u.cause_id = $1) AND e.state = 'REVOKED'
             AND e.order_line_id NOT IN (SELECT u.order_line_id FROM taken_parts u WHERE u.cause_id = $1)
             AND EXISTS (SELECT 1 FROM taken_rights t WHERE t.enrollment_id = e.id
                 AND (t.returned_at IS NULL OR t.cause_id = $1)) AND ",
        pays!(),
        " ORDER BY e.id, l.id"
    );
    let mut owed = paying(conn, text, cause).await?;
    owed.dedup_by_key(|one| one.right);
    Ok(owed)
}

/// A right that a refund or a dispute took, or would have taken.
#[derive(Clone, Copy)]
pub struct TakenRight {
    /// Which.
    pub id: EnrollmentId,
    /// It stayed, resting on something else that paid for it.
    pub is_moved: bool,
}

/// Notes that a right went with a refund or a dispute, or stayed for another reason.
pub async fn insert_taken_right(tx: &Tx, cause: Uuid, right: TakenRight) -> Result<()> {
    let row = rights::ActiveModel {
        cause_id: Set(cause),
        enrollment_id: Set(right.id.uuid()),
        taken_at: Set(tx.now()),
        is_moved: Set(right.is_moved),
        returned_at: Set(None),
    };
    rights::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// The rights that went with a refund or a dispute, noted as given back.
pub async fn return_taken_rights(tx: &Tx, cause: Uuid) -> Result<Vec<TakenRight>> {
    let taken = rights::Column::CauseId.eq(cause).and(rights::Column::ReturnedAt.is_null());
    let rows = rights::Entity::find()
        .filter(taken.clone())
        .order_by_asc(rights::Column::EnrollmentId)
        .all(tx.conn())
        .await?;
    let change = rights::ActiveModel { returned_at: Set(Some(tx.now())), ..Default::default() };
    rights::Entity::update_many().set(change).filter(taken).exec(tx.conn()).await?;
    let right =
        |row: rights::Model| TakenRight { id: EnrollmentId(row.enrollment_id), is_moved: row.is_moved };
    Ok(rows.into_iter().map(right).collect())
}
