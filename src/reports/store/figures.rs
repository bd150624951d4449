//! The rows of each kind of export, a page at a time, as finished lines of CSV.
//!
//! Every page begins behind the last key of the page before, so that a long report needs no more memory than a short
//! one. Amounts are decimals with their currency in a column of its own; instants are RFC 3339 in UTC.

use chrono::SecondsFormat;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::checkout::store as orders;
use crate::db::{self, Db};
use crate::kernel::csv::cell;
use crate::kernel::{
    CommissionId, Currency, Error, Fault, Instant, LedgerEntryId, Money, OrderId, PublicId, Result,
};
use crate::payments::store as book;
use crate::reports::model::{Export, Kind};

use super::attendance::attendance;

/// How many rows are read at once.
const AT_ONCE: u64 = 1000;
/// The same of the book, whose balances are worked out over all of it each time: ten times fewer times.
const OF_THE_BOOK: u64 = 10_000;

/// The last key that was read, as binds.
pub type Place = Vec<Value>;

/// Some rows.
pub struct Figures {
    /// Lines without their ends.
    pub lines: Vec<String>,
    /// Where to go on; none at the end.
    pub behind: Option<Place>,
}

impl Figures {
    pub(super) fn of<R>(rows: &[R], most: u64, lines: Vec<String>, key: impl Fn(&R) -> Place) -> Self {
        let is_full = u64::try_from(rows.len()).is_ok_and(|count| count >= most);
        Self { lines, behind: rows.last().filter(|_| is_full).map(key) }
    }
}

/// How many rows of a kind are read at once.
pub fn at_once(kind: Kind) -> u64 {
    if kind == Kind::Ledger { OF_THE_BOOK } else { AT_ONCE }
}

/// At most so many rows behind a place, or the first ones.
pub async fn figures(db: &Db, export: &Export, behind: Option<Place>, most: u64) -> Result<Figures> {
    match export.kind {
        Kind::Sales => sales(db, export, behind.unwrap_or_else(nothing), most).await,
        Kind::Ledger => ledger(db, export, behind.unwrap_or_else(nothing), most).await,
        Kind::Customers => {
            let first = || vec![String::new().into(), String::new().into()];
            customers(db, export, behind.unwrap_or_else(first), most).await
        }
        Kind::Affiliates => affiliates(db, export, behind.unwrap_or_else(nothing), most).await,
        Kind::Attendance => attendance(db, export, behind, most).await,
    }
}

/// Before every key.
fn nothing() -> Place {
    vec![Uuid::nil().into()]
}

async fn rows<R: FromQueryResult>(
    db: &Db,
    export: &Export,
    text: &str,
    behind: Place,
    most: u64,
) -> Result<Vec<R>> {
    let mut binds = vec![export.creator.uuid().into(), export.from.into(), export.until.into()];
    binds.extend(behind);
    let text = format!("{text} LIMIT {most}");
    Ok(R::find_by_statement(db::sql(db.backend(), &text, binds)).all(db.read()).await?)
}

#[derive(FromQueryResult)]
struct Sale {
    id: Uuid,
    number: String,
    paid_at: Instant,
    currency: String,
    gross: i64,
    tax: i64,
    fee: i64,
    others: i64,
    share: i64,
    refunded: i64,
    refunded_share: i64,
}

/// Where the money of each order went, as the book knows it now: the same sums as in a sealed statement.
const SALES: &str = "SELECT o.id, o.number, o.paid_at, o.currency,
         CAST(COALESCE(SUM(CASE WHEN j.kind = 'SALE' AND p.account = 'STRIPE' THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS gross,
         CAST(COALESCE(-SUM(CASE WHEN j.kind = 'SALE' AND p.account = 'TAX' THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS tax,
         CAST(COALESCE(-SUM(CASE WHEN j.kind = 'SALE' AND p.account = 'FEE' THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS fee,
         CAST(COALESCE(-SUM(CASE WHEN j.kind = 'SALE' AND p.payee_creator_id <> $1 THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS others,
         CAST(COALESCE(-SUM(CASE WHEN j.kind = 'SALE' AND p.payee_creator_id = $1 THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS share,
         CAST(COALESCE(-SUM(CASE WHEN j.kind LIKE 'REFUND%' AND p.account = 'STRIPE' THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS refunded,
         CAST(COALESCE(SUM(CASE WHEN j.kind LIKE 'REFUND%' AND p.payee_creator_id = $1 THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS refunded_share
     FROM orders o LEFT JOIN journals j ON j.order_id = o.id LEFT JOIN postings p ON p.journal_id = j.id
     WHERE o.creator_id = $1 AND o.paid_at >= $2 AND o.paid_at < $3 AND o.id > $4
     GROUP BY o.id, o.number, o.paid_at, o.currency ORDER BY o.id";

async fn sales(db: &Db, export: &Export, behind: Place, most: u64) -> Result<Figures> {
    let rows: Vec<Sale> = rows(db, export, SALES, behind, most).await?;
    let ids: Vec<OrderId> = rows.iter().map(|sale| OrderId(sale.id)).collect();
    let mut sold = orders::lines(db.read(), &ids).await?;
    let lines = rows.iter().map(|sale| {
        let currency = currency(&sale.currency)?;
        let parts = sold.remove(&OrderId(sale.id)).unwrap_or_default();
        let titles: Vec<&str> = parts.iter().map(|line| line.title.as_str()).collect();
        let sums =
            [sale.gross, sale.tax, sale.fee, sale.others, sale.share, sale.refunded, sale.refunded_share];
        let mut cells = vec![cell(&sale.number), at(sale.paid_at), cell(&titles.join("; ")), code(currency)];
        cells.extend(sums.map(|minor| Money::new(minor, currency).decimal()));
        Ok(cells.join(","))
    });
    let lines = lines.collect::<Result<_>>()?;
    Ok(Figures::of(&rows, most, lines, |sale| vec![sale.id.into()]))
}

/// An order's number stands only in its seller's book: who merely shares in a sale does not learn it.
async fn ledger(db: &Db, export: &Export, behind: Place, most: u64) -> Result<Figures> {
    let range = (export.from, export.until);
    let entries = book::entries_behind(db, export.creator, range, behind, most).await?;
    let ids: Vec<OrderId> = entries.iter().filter_map(|entry| entry.order).collect();
    let known = orders::orders(db.read(), &ids).await?;
    let lines = entries.iter().map(|entry| {
        let own = entry.order.and_then(|id| known.get(&id)).filter(|order| order.creator == export.creator);
        let cells = [
            entry.id.to_string(),
            entry.kind.name().to_owned(),
            at(entry.occurred_at),
            cell(own.map_or("", |order| &order.number)),
            code(entry.amount.currency),
            entry.amount.decimal(),
            entry.balance_after.decimal(),
        ];
        cells.join(",")
    });
    let lines = lines.collect();
    Ok(Figures::of(&entries, most, lines, |entry| vec![LedgerEntryId::uuid(entry.id).into()]))
}

#[derive(FromQueryResult)]
struct Customer {
    email: String,
    currency: String,
    first_at: Instant,
    orders: i64,
    paid: i64,
    refunded: i64,
}

const CUSTOMERS: &str = "SELECT o.buyer_email AS email, o.currency, MIN(o.paid_at) AS first_at,
         CAST(COUNT(*) AS BIGINT) AS orders, CAST(SUM(o.total_minor) AS BIGINT) AS paid,
         CAST(SUM(o.refunded_minor) AS BIGINT) AS refunded
     FROM orders o WHERE o.creator_id = $1 AND o.paid_at >= $2 AND o.paid_at < $3
         AND (o.buyer_email > $4 OR (o.buyer_email = $4 AND o.currency > $5))
     GROUP BY o.buyer_email, o.currency ORDER BY o.buyer_email, o.currency";

async fn customers(db: &Db, export: &Export, behind: Place, most: u64) -> Result<Figures> {
    let rows: Vec<Customer> = rows(db, export, CUSTOMERS, behind, most).await?;
    let lines = rows.iter().map(|row| {
        let currency = currency(&row.currency)?;
        let sum = |minor| Money::new(minor, currency).decimal();
        let cells = [
            cell(&row.email),
            at(row.first_at),
            row.orders.to_string(),
            code(currency),
            sum(row.paid),
            sum(row.refunded),
        ];
        Ok(cells.join(","))
    });
    let lines = lines.collect::<Result<_>>()?;
    let key = |row: &Customer| vec![row.email.clone().into(), row.currency.clone().into()];
    Ok(Figures::of(&rows, most, lines, key))
}

async fn affiliates(db: &Db, export: &Export, behind: Place, most: u64) -> Result<Figures> {
    let range = (export.from, export.until);
    let rows = crate::affiliates::store::earned_behind(db, export.creator, range, behind, most).await?;
    let lines = rows.iter().map(|(name, commission)| {
        let cells = [
            commission.id.to_string(),
            cell(name),
            at(commission.earned_at),
            cell(&commission.title),
            code(commission.amount.currency),
            commission.amount.decimal(),
            commission.state.name().to_owned(),
        ];
        cells.join(",")
    });
    let lines = lines.collect();
    Ok(Figures::of(&rows, most, lines, |(_, commission)| vec![CommissionId::uuid(commission.id).into()]))
}

pub(super) fn at(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn code(currency: Currency) -> String {
    currency.code().to_owned()
}

fn currency(code: &str) -> Result<Currency> {
    code.parse().map_err(|cause| Error::Fault(Fault::new("reading figures", cause)))
}
