//! Commissions, how they stand in the book, and what links and affiliates have brought.
//!
//! An affiliate shares in no other way in an order that pays them a commission, so that what the book says of an order
//! and their profile is what it says of the commission.

use std::collections::HashMap;

use entity::commissions as table;
use sea_orm::{ActiveValue::Set, EntityTrait, FromQueryResult, Value};
use uuid::Uuid;

use crate::affiliates::model::{Brought, Commission, CommissionState, Referral};
use crate::app::App;
use crate::db::{self, Db, Tx};
use crate::kernel::{
    AffiliateId, AffiliateLinkId, CommissionId, CreatorId, Currency, Error, Instant, Money, OrderLineId,
    Page, PageRequest, PublicId, Result, UserId,
};

use super::unreadable;

/// Notes that the share at this place of a line is a commission.
pub async fn insert_commission(tx: &Tx, line: OrderLineId, position: i32, referral: &Referral) -> Result<()> {
    let row = table::ActiveModel {
        id: Set(tx.id()),
        order_line_id: Set(line.uuid()),
        position: Set(position),
        affiliate_id: Set(referral.affiliate.uuid()),
        link_id: Set(referral.link.uuid()),
        created_at: Set(tx.now()),
    };
    table::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// What the book says of an order and a payee: what was earned and not given back, and where it is.
const BOOK: &str = "SELECT j.order_id, p.payee_creator_id, p.currency,
         CAST(-SUM(CASE WHEN j.kind IN ('TRANSFER', 'TRANSFER_REVERSAL') THEN 0 ELSE p.amount_minor END) AS BIGINT) AS net,
         CAST(-SUM(CASE WHEN p.account = 'DUE' THEN p.amount_minor ELSE 0 END) AS BIGINT) AS due,
         CAST(-SUM(CASE WHEN p.account <> 'DUE' THEN p.amount_minor ELSE 0 END) AS BIGINT) AS held
     FROM postings p JOIN journals j ON j.id = p.journal_id
     WHERE p.payee_creator_id IN (SELECT payee_creator_id FROM affiliates WHERE SCOPE)
     GROUP BY j.order_id, p.payee_creator_id, p.currency";

/// Every commission of a paid order with its state, of the affiliates in scope.
const COMMISSIONS: &str = "SELECT c.id, c.affiliate_id, o.currency, s.amount_minor AS amount,
         l.title_at_purchase AS title, o.paid_at, o.refund_window_days AS days,
         CASE WHEN COALESCE(b.net, 0) <= 0 THEN 'REVERSED' WHEN b.held > 0 THEN 'PENDING'
              WHEN b.due > 0 THEN 'APPROVED' ELSE 'PAID' END AS state
     FROM commissions c JOIN affiliates a ON a.id = c.affiliate_id
     JOIN order_lines l ON l.id = c.order_line_id JOIN orders o ON o.id = l.order_id
     JOIN order_shares s ON s.order_line_id = c.order_line_id AND s.position = c.position
     LEFT JOIN (BOOK) b ON b.order_id = o.id AND b.payee_creator_id = a.payee_creator_id
     WHERE o.paid_at IS NOT NULL AND a.SCOPE";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    currency: String,
    amount: i64,
    title: String,
    paid_at: Instant,
    days: i32,
    state: String,
}

fn commissions(scope: &str) -> String {
    COMMISSIONS.replace("BOOK", BOOK).replace("SCOPE", scope)
}

/// Somebody's commissions, newest first.
pub async fn commissions_of(
    db: &Db,
    user: UserId,
    state: Option<CommissionState>,
    page: &PageRequest,
) -> Result<Page<Commission>> {
    let mut binds: Vec<Value> = vec![user.uuid().into()];
    let mut text = format!("SELECT * FROM ({}) x WHERE 1 = 1", commissions("user_id = $1"));
    if let Some(state) = state {
        binds.push(state.name().into());
        text.push_str(&format!(" AND x.state = ${}", binds.len()));
    }
    let after =
        page.after.as_ref().and_then(|key| key.first()).and_then(|key| key.parse::<CommissionId>().ok());
    if let Some(after) = after {
        binds.push(after.uuid().into());
        text.push_str(&format!(" AND x.id < ${}", binds.len()));
    }
    let limit = i64::try_from(page.limit()).unwrap_or(i64::MAX);
    text.push_str(&format!(" ORDER BY x.id DESC LIMIT {limit}"));
    let rows = Row::find_by_statement(db::sql(db.backend(), &text, binds)).all(db.read()).await?;
    let found = rows.into_iter().map(Commission::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, page))
}

#[derive(FromQueryResult)]
struct EarnedRow {
    name: String,
    #[sea_orm(nested)]
    commission: Row,
}

/// What a creator's affiliates earned between two moments, with their names, oldest first, behind the key in `behind`.
pub async fn earned_behind(
    db: &Db,
    creator: CreatorId,
    (from, until): (Instant, Instant),
    behind: Vec<Value>,
    most: u64,
) -> Result<Vec<(String, Commission)>> {
    let text = format!(
        "SELECT x.*, u.display_name AS name FROM ({}) x JOIN affiliates f ON f.id = x.affiliate_id
         JOIN users u ON u.id = f.user_id WHERE x.paid_at >= $2 AND x.paid_at < $3 AND x.id > $4
         ORDER BY x.id LIMIT {most}",
        commissions("creator_id = $1")
    );
    let mut binds = vec![creator.uuid().into(), from.into(), until.into()];
    binds.extend(behind);
    let rows = EarnedRow::find_by_statement(db::sql(db.backend(), &text, binds)).all(db.read()).await?;
    rows.into_iter().map(|row| Ok((row.name, row.commission.try_into()?))).collect()
}

/// Somebody's own commission by key.
pub async fn commissions_by_id(db: &Db, user: UserId, id: CommissionId) -> Result<Option<Commission>> {
    let text = format!("SELECT * FROM ({}) x WHERE x.id = $2", commissions("user_id = $1"));
    let statement = db::sql(db.backend(), &text, [user.uuid().into(), id.uuid().into()]);
    Row::find_by_statement(statement).one(db.read()).await?.map(Commission::try_from).transpose()
}

#[derive(FromQueryResult)]
struct BalanceRow {
    currency: String,
    amount: i64,
}

/// What somebody has earned and not yet been sent, for each currency.
pub async fn balance(db: &Db, user: UserId) -> Result<Vec<Money>> {
    let text = format!(
        "SELECT b.currency, CAST(SUM(b.held + b.due) AS BIGINT) AS amount FROM ({}) b
         WHERE EXISTS (SELECT 1 FROM commissions c JOIN affiliates a ON a.id = c.affiliate_id
                       JOIN order_lines l ON l.id = c.order_line_id
                       WHERE l.order_id = b.order_id AND a.payee_creator_id = b.payee_creator_id AND a.user_id = $1)
         GROUP BY b.currency HAVING SUM(b.held + b.due) <> 0 ORDER BY b.currency",
        BOOK.replace("SCOPE", "user_id = $1")
    );
    let statement = db::sql(db.backend(), &text, [user.uuid().into()]);
    let rows = BalanceRow::find_by_statement(statement).all(db.read()).await?;
    rows.into_iter().map(|row| Ok(Money::new(row.amount, currency(&row.currency)?))).collect()
}

#[derive(FromQueryResult)]
struct BroughtRow {
    id: Uuid,
    orders: i64,
    sales: i64,
    earned: i64,
}

/// One row for each paid order an affiliate brought by a link, in the currency of the creator they recommend.
const BROUGHT: &str = "SELECT x.ID AS id, CAST(COUNT(*) AS BIGINT) AS orders,
         CAST(SUM(CASE WHEN o.currency = k.currency THEN o.total_minor ELSE 0 END) AS BIGINT) AS sales,
         CAST(SUM(CASE WHEN b.currency = k.currency THEN b.net ELSE 0 END) AS BIGINT) AS earned
     FROM (SELECT DISTINCT c.link_id, c.affiliate_id, l.order_id FROM commissions c
           JOIN order_lines l ON l.id = c.order_line_id WHERE c.ID IN (KEYS)) x
     JOIN affiliates a ON a.id = x.affiliate_id JOIN creators k ON k.id = a.creator_id
     JOIN orders o ON o.id = x.order_id AND o.paid_at IS NOT NULL
     LEFT JOIN (BOOK) b ON b.order_id = o.id AND b.payee_creator_id = a.payee_creator_id
     GROUP BY x.ID";

async fn brought(app: &App, by: &str, scope: &str, keys: &[Uuid]) -> Result<HashMap<Uuid, Brought>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=keys.len()).map(|place| format!("${place}")).collect();
    let text = BROUGHT.replace("BOOK", &BOOK.replace("SCOPE", scope));
    let text = text.replace("ID", by).replace("KEYS", &places.join(", "));
    let statement = db::sql(app.db.backend(), &text, keys.iter().map(|key| Value::from(*key)));
    let rows = BroughtRow::find_by_statement(statement).all(app.db.read()).await?;
    let brought = rows.into_iter().map(|row| {
        let orders = i32::try_from(row.orders).unwrap_or(i32::MAX);
        (row.id, Brought { orders, sales_minor: row.sales, earned_minor: row.earned })
    });
    Ok(brought.collect())
}

/// What links have brought; those that brought nothing are absent.
pub async fn brought_by_links(
    app: &App,
    links: &[AffiliateLinkId],
) -> Result<HashMap<AffiliateLinkId, Brought>> {
    let keys: Vec<Uuid> = links.iter().map(|id| id.uuid()).collect();
    let scope = "id IN (SELECT affiliate_id FROM affiliate_links WHERE id IN (KEYS))";
    let found = brought(app, "link_id", scope, &keys).await?;
    Ok(found.into_iter().map(|(id, brought)| (AffiliateLinkId(id), brought)).collect())
}

/// What affiliates have brought; those that brought nothing are absent.
pub async fn brought_by_affiliates(
    app: &App,
    affiliates: &[AffiliateId],
) -> Result<HashMap<AffiliateId, Brought>> {
    let keys: Vec<Uuid> = affiliates.iter().map(|id| id.uuid()).collect();
    let found = brought(app, "affiliate_id", "id IN (KEYS)", &keys).await?;
    Ok(found.into_iter().map(|(id, brought)| (AffiliateId(id), brought)).collect())
}

impl TryFrom<Row> for Commission {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: CommissionId(row.id),
            amount: Money::new(row.amount, currency(&row.currency)?),
            state: CommissionState::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            title: row.title,
            earned_at: row.paid_at,
            payable_at: row.paid_at + chrono::Duration::days(i64::from(row.days)),
        })
    }
}

fn currency(code: &str) -> Result<Currency> {
    code.parse().map_err(unreadable)
}
