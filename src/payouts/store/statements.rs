//! Statements in the database, and the purchases behind their rows.

use std::collections::HashMap;

use entity::{statement_movements, statements};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::app::App;
use crate::db::{self, Tx};
use crate::kernel::{CreatorId, Error, Instant, Money, OrderId, PayoutId, PublicId, Result};
use crate::payouts::model::{Payout, Purchase, Sealed};

use super::due::{Position, currency};
use super::payouts::payouts_by_id;

/// A statement as it was sealed.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Row.
    pub id: Uuid,
    /// Counted from one for each creator.
    pub number: i32,
    /// Which payout it explains.
    pub payout: PayoutId,
    /// At Stripe before its rows.
    pub opening: Money,
    /// At Stripe after them.
    pub closing: Money,
    /// Its rows as CSV.
    pub content: String,
    /// Of the statement before.
    pub previous_hash: String,
    /// Over both.
    pub hash: String,
    /// When it was sealed.
    pub issued_at: Instant,
}

/// Writes a sealed statement with the movements it explains.
pub async fn insert_statement(
    tx: &Tx,
    creator: CreatorId,
    (number, payout): (i32, PayoutId),
    opening: Money,
    sealed: &Sealed,
    movements: &[Uuid],
) -> Result<()> {
    let id = tx.id();
    let row = statements::ActiveModel {
        id: Set(id),
        creator_id: Set(creator.uuid()),
        number: Set(number),
        payout_id: Set(payout.uuid()),
        currency: Set(opening.currency.code().to_owned()),
        opening_minor: Set(opening.minor),
        closing_minor: Set(sealed.closing_minor),
        content: Set(sealed.content.clone()),
        previous_hash: Set(sealed.previous_hash.clone()),
        hash: Set(sealed.hash.clone()),
        issued_at: Set(tx.now()),
    };
    statements::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let rows = (1_i32..).zip(movements).map(|(position, movement)| statement_movements::ActiveModel {
        movement_id: Set(*movement),
        statement_id: Set(id),
        position: Set(position),
    });
    statement_movements::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The statement of a payout.
pub async fn statement_of(conn: &impl ConnectionTrait, payout: PayoutId) -> Result<Option<Statement>> {
    let row =
        statements::Entity::find().filter(statements::Column::PayoutId.eq(payout.uuid())).one(conn).await?;
    row.map(Statement::try_from).transpose()
}

/// A creator's last statement.
pub async fn last_statement(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<Option<Statement>> {
    let row = statements::Entity::find()
        .filter(statements::Column::CreatorId.eq(creator.uuid()))
        .order_by_desc(statements::Column::Number)
        .one(conn)
        .await?;
    row.map(Statement::try_from).transpose()
}

/// What a creator's last statement in a currency left at Stripe.
pub async fn last_closing(conn: &impl ConnectionTrait, creator: CreatorId, currency: &str) -> Result<i64> {
    let minor: Option<i64> = statements::Entity::find()
        .select_only()
        .column(statements::Column::ClosingMinor)
        .filter(statements::Column::CreatorId.eq(creator.uuid()))
        .filter(statements::Column::Currency.eq(currency))
        .order_by_desc(statements::Column::Number)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(minor.unwrap_or(0))
}

/// A creator's statements behind a number, oldest first.
pub async fn statements_behind(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    number: i32,
    most: u64,
) -> Result<Vec<Statement>> {
    let rows = statements::Entity::find()
        .filter(statements::Column::CreatorId.eq(creator.uuid()))
        .filter(statements::Column::Number.gt(number))
        .order_by_asc(statements::Column::Number)
        .limit(most)
        .all(conn)
        .await?;
    rows.into_iter().map(Statement::try_from).collect()
}

/// The ids at Stripe of the transfers and reversals a payout's statement explains.
pub async fn references_of(conn: &impl ConnectionTrait, payout: PayoutId) -> Result<Vec<String>> {
    let text = "SELECT m.external_id AS name FROM statements s
         JOIN statement_movements x ON x.statement_id = s.id JOIN creator_movements m ON m.id = x.movement_id
         WHERE s.payout_id = $1 AND m.kind IN ('TRANSFER', 'REVERSAL') ORDER BY x.position";
    let rows = conn.query_all_raw(db::sql(conn.get_database_backend(), text, [payout.uuid().into()])).await?;
    Ok(rows.iter().map(|row| row.try_get::<String>("", "name")).collect::<std::result::Result<_, _>>()?)
}

/// The payouts whose statements explain these transfers and reversals, by their ids at Stripe.
pub async fn payouts_of_transfers(app: &App, references: &[String]) -> Result<HashMap<String, Payout>> {
    let places: Vec<String> = (1..=references.len()).map(|place| format!("${place}")).collect();
    let text = format!(
        "SELECT m.external_id AS name, s.payout_id AS payout FROM creator_movements m
         JOIN statement_movements x ON x.movement_id = m.id JOIN statements s ON s.id = x.statement_id
         WHERE m.kind IN ('TRANSFER', 'REVERSAL') AND m.external_id IN ({})",
        places.join(", ")
    );
    let binds = references.iter().map(|reference| reference.clone().into());
    let rows = app.db.read().query_all_raw(db::sql(app.db.backend(), &text, binds)).await?;
    let mut named = Vec::new();
    for row in rows {
        named.push((row.try_get::<String>("", "name")?, PayoutId(row.try_get("", "payout")?)));
    }
    let ids: Vec<PayoutId> = named.iter().map(|(_, id)| *id).collect();
    let found = payouts_by_id(app.db.read(), &ids).await?;
    Ok(named.into_iter().filter_map(|(name, id)| Some((name, found.get(&id)?.clone()))).collect())
}

#[derive(FromQueryResult)]
struct PurchaseRow {
    number: String,
    seller: Uuid,
    tax: i64,
    fee: i64,
    gross: i64,
    share: i64,
    others: i64,
    refunded: i64,
    refunded_share: i64,
}

/// Where the money of an order went, as the book knows it now, seen by one payee. Somebody who only shares in another
/// creator's sale does not learn its number.
pub async fn purchase(conn: &impl ConnectionTrait, at: Position) -> Result<Option<Purchase>> {
    let text = "SELECT o.number, o.creator_id AS seller,
             CAST(COALESCE(SUM(CASE WHEN j.kind = 'SALE' AND p.account = 'STRIPE' THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS gross,
             CAST(COALESCE(-SUM(CASE WHEN j.kind = 'SALE' AND p.account = 'TAX' THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS tax,
             CAST(COALESCE(-SUM(CASE WHEN j.kind = 'SALE' AND p.account = 'FEE' THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS fee,
             CAST(COALESCE(-SUM(CASE WHEN j.kind = 'SALE' AND p.payee_creator_id = $2 THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS share,
             CAST(COALESCE(-SUM(CASE WHEN j.kind = 'SALE' AND p.payee_creator_id <> $2 THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS others,
             CAST(COALESCE(-SUM(CASE WHEN j.kind LIKE 'REFUND%' AND p.account = 'STRIPE' THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS refunded,
             CAST(COALESCE(SUM(CASE WHEN j.kind LIKE 'REFUND%' AND p.payee_creator_id = $2 THEN p.amount_minor ELSE 0 END), 0) AS BIGINT) AS refunded_share
         FROM orders o JOIN journals j ON j.order_id = o.id JOIN postings p ON p.journal_id = j.id
         WHERE o.id = $1 GROUP BY o.number, o.creator_id";
    let binds = [at.order.uuid().into(), at.payee.uuid().into()];
    let statement = db::sql(conn.get_database_backend(), text, binds);
    let Some(row) = PurchaseRow::find_by_statement(statement).one(conn).await? else { return Ok(None) };
    let lines = crate::checkout::store::lines(conn, &[at.order]).await?.remove(&at.order).unwrap_or_default();
    let titles: Vec<_> = lines.iter().map(|line| line.title.as_str()).collect();
    Ok(Some(Purchase {
        order: OrderId(at.order.uuid()),
        number: if row.seller == at.payee.uuid() { row.number } else { String::new() },
        title: titles.join("; "),
        gross_minor: row.gross,
        tax_minor: row.tax,
        fee_minor: row.fee,
        others_minor: row.others,
        share_minor: row.share,
        refunded_minor: row.refunded,
        refunded_share_minor: row.refunded_share,
    }))
}

impl TryFrom<statements::Model> for Statement {
    type Error = Error;
    fn try_from(row: statements::Model) -> Result<Self> {
        let currency = currency(&row.currency)?;
        Ok(Self {
            id: row.id,
            number: row.number,
            payout: PayoutId(row.payout_id),
            opening: Money::new(row.opening_minor, currency),
            closing: Money::new(row.closing_minor, currency),
            content: row.content,
            previous_hash: row.previous_hash,
            hash: row.hash,
            issued_at: row.issued_at,
        })
    }
}
