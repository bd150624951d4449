//! What the database holds of everything that the model counts.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult};
use uuid::Uuid;

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
    pub refunded: i64,
    pub tax: i64,
    pub tax_back: i64,
}

/// How much of an order a payee earned and gave back, and how much of it went on to them, waits for a bank, or went to
/// one.
#[derive(Clone, Debug, Default, FromQueryResult)]
pub struct Moved {
    pub earned: i64,
    pub given_up: i64,
    pub released: i64,
    pub sent: i64,
    pub frozen: i64,
    pub lost: i64,
}

/// Reads past the API what each sale made once.
pub async fn db_sums(market: &Market) -> Sums {
    let text = "SELECT
        (SELECT COUNT(*) FROM enrollments WHERE state = 'ACTIVE') AS enrollments,
        (SELECT COUNT(*) FROM journals WHERE kind = 'SALE') AS sales,
        (SELECT COUNT(*) FROM letters WHERE kind = 'receipt') AS receipts,
        (SELECT COUNT(*) FROM cases WHERE kind = 'BOUGHT_TWICE') AS twice,
        (SELECT COUNT(*) FROM cases) AS cases,
        (SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'STRIPE' AND j.kind = 'SALE') AS taken,
        (SELECT CAST(COALESCE(-SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'STRIPE' AND j.kind = 'REFUND') AS refunded,
        (SELECT CAST(COALESCE(-SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'TAX' AND j.kind = 'SALE') AS tax,
        (SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN journals j ON j.id = p.journal_id
            WHERE p.account = 'TAX' AND j.kind = 'REFUND') AS tax_back";
    let db = &market.app().db;
    let row = db.read().query_one_raw(atelier::db::sql(db.backend(), text, [])).await.unwrap().unwrap();
    Sums::from_query_result(&row, "").unwrap()
}

/// Reads past the API what each payee has of each order.
pub async fn db_moved(market: &Market) -> HashMap<(Uuid, Uuid), Moved> {
    let sum = |sign: &str, accounts: &str, kinds: &str, name: &str| {
        format!(
            "CAST({sign}SUM(CASE WHEN p.account IN ({accounts}) AND j.kind IN ({kinds}) THEN p.amount_minor ELSE 0 END)
             AS BIGINT) AS {name}"
        )
    };
    let sums = [
        sum("-", "'HELD'", "'SALE'", "earned"),
        sum("", "'HELD', 'DUE'", "'REFUND'", "given_up"),
        sum("-", "'DUE'", "'RELEASE'", "released"),
        sum("", "'DUE'", "'TRANSFER', 'TRANSFER_REVERSAL'", "sent"),
        sum("-", "'FROZEN'", "'DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST'", "frozen"),
        sum("", "'FROZEN'", "'DISPUTE_LOST'", "lost"),
    ];
    let text = format!(
        "SELECT j.order_id, p.payee_creator_id, {} FROM postings p JOIN journals j ON j.id = p.journal_id
         WHERE p.payee_creator_id IS NOT NULL AND j.order_id IS NOT NULL GROUP BY j.order_id, p.payee_creator_id",
        sums.join(", ")
    );
    let db = &market.app().db;
    let rows = db.read().query_all_raw(atelier::db::sql(db.backend(), &text, [])).await.unwrap();
    let whose = |row: &QueryResult| {
        (row.try_get("", "order_id").unwrap(), row.try_get("", "payee_creator_id").unwrap())
    };
    rows.iter().map(|row| (whose(row), Moved::from_query_result(row, "").unwrap())).collect()
}
