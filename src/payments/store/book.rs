//! The book: journals and postings, written once, and what creators see of them.

use entity::{journals, postings};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult, Value, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::db::{self, Db, Tx};
use crate::kernel::{
    CreatorId, Currency, Error, Fault, Instant, LedgerEntryId, Money, OrderId, Page, PageRequest, PublicId,
    Result,
};
use crate::payments::ledger::{Account, Journal};
use crate::payments::model::{Entry, EntryKind, Holding};

/// Books a journal; false if it is booked already.
pub async fn book(tx: &Tx, journal: &Journal) -> Result<bool> {
    let id = tx.id();
    let row = journals::ActiveModel {
        id: Set(id),
        kind: Set(journal.kind.to_owned()),
        external_id: Set(journal.external_id.clone()),
        order_id: Set(journal.order.map(PublicId::uuid)),
        reverses_id: Set(None),
        occurred_at: Set(journal.occurred_at),
        booked_at: Set(tx.now()),
    };
    let once =
        OnConflict::columns([journals::Column::Kind, journals::Column::ExternalId]).do_nothing().to_owned();
    let written = journals::Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await?;
    if written == 0 {
        return Ok(false);
    }
    let rows = (0_i32..).zip(journal.postings()).map(|(position, (account, amount))| postings::ActiveModel {
        id: Set(tx.id()),
        journal_id: Set(id),
        position: Set(position),
        account: Set(account.name().to_owned()),
        payee_creator_id: Set(account.payee().map(PublicId::uuid)),
        currency: Set(journal.currency.code().to_owned()),
        amount_minor: Set(*amount),
    });
    postings::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(true)
}

#[derive(FromQueryResult)]
struct BalanceRow {
    account: String,
    payee_creator_id: Option<Uuid>,
    amount: i64,
}

/// What an order's journals leave on each account, plus is debit; zeros left out. Hold the order's lock.
pub async fn balances_of_order(conn: &impl ConnectionTrait, order: OrderId) -> Result<Vec<(Account, i64)>> {
    let text = "SELECT p.account, p.payee_creator_id, CAST(SUM(p.amount_minor) AS BIGINT) AS amount
         FROM postings p JOIN journals j ON j.id = p.journal_id
         WHERE j.order_id = $1 GROUP BY p.account, p.payee_creator_id HAVING SUM(p.amount_minor) <> 0
         ORDER BY p.account, p.payee_creator_id";
    let statement = db::sql(conn.get_database_backend(), text, [order.uuid().into()]);
    accounts_of(BalanceRow::find_by_statement(statement).all(conn).await?)
}

fn accounts_of(rows: Vec<BalanceRow>) -> Result<Vec<(Account, i64)>> {
    let balances = rows.into_iter().map(|row| {
        let account = Account::of(&row.account, row.payee_creator_id.map(CreatorId));
        let account = account.ok_or_else(|| Fault::new("reading the book", &row.account))?;
        Ok((account, row.amount))
    });
    balances.collect()
}

#[derive(FromQueryResult)]
struct HoldingRow {
    currency: String,
    held: i64,
    due: i64,
    frozen: i64,
}

/// What is a creator's, a row for each currency.
pub async fn holdings(db: &Db, creator: CreatorId) -> Result<Vec<Holding>> {
    // Credits are minus in the book and plus to the creator. SUM gives a wider type on PostgreSQL.
    let text = "SELECT currency,
             CAST(-SUM(CASE WHEN account = 'HELD' THEN amount_minor ELSE 0 END) AS BIGINT) AS held,
             CAST(-SUM(CASE WHEN account = 'DUE' THEN amount_minor ELSE 0 END) AS BIGINT) AS due,
             CAST(-SUM(CASE WHEN account = 'FROZEN' THEN amount_minor ELSE 0 END) AS BIGINT) AS frozen
         FROM postings WHERE payee_creator_id = $1 GROUP BY currency ORDER BY currency";
    let statement = db::sql(db.backend(), text, [creator.uuid().into()]);
    let rows = HoldingRow::find_by_statement(statement).all(db.read()).await?;
    let holdings = rows.into_iter().map(|row| {
        Ok(Holding {
            creator,
            currency: currency(&row.currency)?,
            held_minor: row.held,
            due_minor: row.due,
            frozen_minor: row.frozen,
        })
    });
    holdings.collect()
}

/// Which lines of a creator's book to list.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {
    /// At or after.
    pub from: Option<Instant>,
    /// Before.
    pub until: Option<Instant>,
    /// Only these; all if none is named.
    pub kinds: Vec<EntryKind>,
    /// Only journals with these ids at Stripe, if given.
    pub references: Option<Vec<String>>,
}

#[derive(FromQueryResult)]
struct EntryRow {
    id: Uuid,
    kind: String,
    order_id: Option<Uuid>,
    currency: String,
    amount: i64,
    balance: i64,
    external_id: String,
    occurred_at: Instant,
}

/// A creator's book, newest first. One line for each journal that changes what is theirs; a share that only moves
/// from held to due is no line. The balance is worked out over the whole book, whatever the filter.
pub async fn entries(
    db: &Db,
    creator: CreatorId,
    filter: &EntryFilter,
    page: &PageRequest,
) -> Result<Page<Entry>> {
    let mut binds: Vec<Value> = vec![creator.uuid().into()];
    let mut conditions = String::new();
    let mut condition = |text: &str, value: Value| {
        binds.push(value);
        conditions.push_str(&text.replace('?', &format!("${}", binds.len())));
    };
    if let Some(from) = filter.from {
        condition(" AND e.occurred_at >= ?", from.into());
    }
    if let Some(until) = filter.until {
        condition(" AND e.occurred_at < ?", until.into());
    }
    let after =
        page.after.as_ref().and_then(|key| key.first()).and_then(|key| key.parse::<LedgerEntryId>().ok());
    if let Some(after) = after {
        condition(" AND e.id < ?", after.uuid().into());
    }
    if let Some(references) = &filter.references {
        let first = binds.len() + 1;
        binds.extend(references.iter().map(|reference| Value::from(reference.clone())));
        let places: Vec<String> = (first..=binds.len()).map(|place| format!("${place}")).collect();
        conditions.push_str(&match places.is_empty() {
            true => " AND 1 = 0".to_owned(),
            false => format!(" AND e.external_id IN ({})", places.join(", ")),
        });
    }
    if !filter.kinds.is_empty() {
        conditions.push_str(&kinds_condition(&filter.kinds));
    }
    let limit = i64::try_from(page.limit()).unwrap_or(i64::MAX);
    let text = format!("{BOOK} WHERE 1 = 1{conditions} ORDER BY e.id DESC LIMIT {limit}");
    let statement = db::sql(db.backend(), &text, binds);
    let rows = EntryRow::find_by_statement(statement).all(db.read()).await?;
    let entries = rows.into_iter().map(Entry::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(entries, page))
}

/// A creator's book between two moments, oldest first, behind the key in `behind`.
pub async fn entries_behind(
    db: &Db,
    creator: CreatorId,
    (from, until): (Instant, Instant),
    behind: Vec<Value>,
    most: u64,
) -> Result<Vec<Entry>> {
    let text = format!(
        "{BOOK} WHERE e.occurred_at >= $2 AND e.occurred_at < $3 AND e.id > $4 ORDER BY e.id LIMIT {most}"
    );
    let mut binds = vec![creator.uuid().into(), from.into(), until.into()];
    binds.extend(behind);
    let rows = EntryRow::find_by_statement(db::sql(db.backend(), &text, binds)).all(db.read()).await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// One line of a creator's book by its key; whose it is comes with it.
pub async fn entry(db: &Db, id: LedgerEntryId) -> Result<Option<(CreatorId, Entry)>> {
    let Some(posting) = postings::Entity::find_by_id(id.uuid()).one(db.read()).await? else {
        return Ok(None);
    };
    let Some(creator) = posting.payee_creator_id else { return Ok(None) };
    let text = format!("{BOOK} WHERE e.id = $2");
    let statement = db::sql(db.backend(), &text, [creator.into(), id.uuid().into()]);
    let row = EntryRow::find_by_statement(statement).one(db.read()).await?;
    row.map(|row| Ok((CreatorId(creator), Entry::try_from(row)?))).transpose()
}

/// The newest posting of a journal stands for all of them; keys are made in the order of booking. MIN and MAX of a
/// UUID do not exist on PostgreSQL 17, hence the window.
const BOOK: &str =
    "SELECT e.id, e.kind, e.order_id, e.currency, e.amount, e.balance, e.occurred_at, e.external_id FROM (
         SELECT m.id, m.kind, m.order_id, m.currency, m.occurred_at, m.amount, m.external_id,
             CAST(SUM(m.amount) OVER (PARTITION BY m.currency ORDER BY m.id) AS BIGINT) AS balance
         FROM (
             SELECT p.id, j.kind, j.order_id, p.currency, j.occurred_at, j.external_id,
                 CAST(-SUM(p.amount_minor) OVER (PARTITION BY p.journal_id, p.currency) AS BIGINT) AS amount,
                 ROW_NUMBER() OVER (PARTITION BY p.journal_id, p.currency ORDER BY p.id DESC) AS place
             FROM postings p JOIN journals j ON j.id = p.journal_id
             WHERE p.payee_creator_id = $1
         ) m WHERE m.place = 1 AND m.amount <> 0
     ) e";

fn kinds_condition(kinds: &[EntryKind]) -> String {
    let named: Vec<String> =
        kinds.iter().flat_map(|kind| kind.journals()).map(|name| format!("'{name}'")).collect();
    if named.is_empty() { " AND 1 = 0".to_owned() } else { format!(" AND e.kind IN ({})", named.join(", ")) }
}

impl TryFrom<EntryRow> for Entry {
    type Error = Error;
    fn try_from(row: EntryRow) -> Result<Self> {
        let currency = currency(&row.currency)?;
        Ok(Self {
            id: LedgerEntryId(row.id),
            kind: EntryKind::of(&row.kind),
            amount: Money::new(row.amount, currency),
            balance_after: Money::new(row.balance, currency),
            order: row.order_id.map(OrderId),
            reference: row.external_id,
            occurred_at: row.occurred_at,
        })
    }
}

fn currency(code: &str) -> Result<Currency> {
    code.parse().map_err(|cause| Error::Fault(Fault::new("reading the book", cause)))
}

/// The sides of a booked journal, to be reversed exactly; none if it is not booked.
pub async fn sides_of(
    conn: &impl ConnectionTrait,
    kind: &str,
    external_id: &str,
) -> Result<Vec<(Account, i64)>> {
    let text = "SELECT p.account, p.payee_creator_id, p.amount_minor AS amount
         FROM postings p JOIN journals j ON j.id = p.journal_id
         WHERE j.kind = $1 AND j.external_id = $2 ORDER BY p.position";
    let statement = db::sql(conn.get_database_backend(), text, [kind.into(), external_id.into()]);
    accounts_of(BalanceRow::find_by_statement(statement).all(conn).await?)
}

/// Whether a journal of this kind is booked for this outside id.
pub async fn is_booked(conn: &impl ConnectionTrait, kind: &str, external_id: &str) -> Result<bool> {
    use sea_orm::{ColumnTrait, QueryFilter};
    let found = journals::Entity::find()
        .filter(journals::Column::Kind.eq(kind))
        .filter(journals::Column::ExternalId.eq(external_id))
        .one(conn)
        .await?;
    Ok(found.is_some())
}
