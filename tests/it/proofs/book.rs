//! What the database holds of everything that the model counts.

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::support::Market;

/// How much there is of everything that a sale makes once.
#[derive(Debug, PartialEq, Eq, FromQueryResult)]
pub struct Sums {
    pub enrollments: i64,
    pub sales: i64,
    pub receipts: i64,
    pub twice: i64,
    pub cases: i64,
    pub taken: i64,
    pub earned: i64,
    pub refunded: i64,
    pub given_up: i64,
}

/// How much went on to the creator, waits for a bank, or went to one.
#[derive(Debug, FromQueryResult)]
pub struct Moved {
    pub released: i64,
    pub sent: i64,
    pub frozen: i64,
    pub lost: i64,
}

/// Reads them past the API.
pub async fn db_sums(market: &Market) -> (Sums, Moved) {
    let text = "SELECT
        (SELECT COUNT(*) FROM enrollments WHERE state = 'ACTIVE') AS enrollments,
        (SELECT COUNT(*) FROM journals WHERE kind = 'SALE') AS sales,
        (SELECT COUNT(*) FROM letters WHERE kind = 'receipt') AS receipts,
        (SELECT COUNT(*) FROM cases WHERE kind = 'BOUGHT_TWICE') AS twice,
        (SELECT COUNT(*) FROM cases) AS cases,
        (SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'STRIPE' AND j.kind = 'SALE') AS taken,
        (SELECT CAST(COALESCE(-SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'HELD' AND j.kind = 'SALE') AS earned,
        (SELECT CAST(COALESCE(-SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'STRIPE' AND j.kind = 'REFUND') AS refunded,
        (SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account IN ('HELD', 'DUE') AND j.kind = 'REFUND') AS given_up,
        (SELECT CAST(COALESCE(-SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'DUE' AND j.kind = 'RELEASE') AS released,
        (SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'DUE' AND j.kind IN ('TRANSFER', 'TRANSFER_REVERSAL')) AS sent,
        (SELECT CAST(COALESCE(-SUM(amount_minor), 0) AS BIGINT) FROM postings WHERE account = 'FROZEN') AS frozen,
        (SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'FROZEN' AND j.kind = 'DISPUTE_LOST') AS lost";
    let db = &market.app().db;
    let row = db.read().query_one_raw(atelier::db::sql(db.backend(), text, [])).await.unwrap().unwrap();
    (Sums::from_query_result(&row, "").unwrap(), Moved::from_query_result(&row, "").unwrap())
}
