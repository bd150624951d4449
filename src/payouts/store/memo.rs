//! The second book: what came in and went out of creators' balances at Stripe.

use entity::creator_movements as movements;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult, sea_query::OnConflict};
use uuid::Uuid;

use crate::db::{self, Tx};
use crate::kernel::{CreatorId, Currency, Fault, Instant, Money, OrderId, PublicId, Result};
use crate::payouts::model::MovementKind;

use super::due::currency;
use super::transfers::sum;

/// A movement to be written down.
#[derive(Clone, Debug)]
pub struct NewMovement<'a> {
    /// Whose.
    pub creator: CreatorId,
    /// In which.
    pub currency: Currency,
    /// Why.
    pub kind: MovementKind,
    /// Stripe's id.
    pub external_id: &'a str,
    /// Whose sale.
    pub order: Option<OrderId>,
    /// Plus is more for the creator.
    pub amount_minor: i64,
    /// When.
    pub at: Instant,
}

/// Writes a movement down; false if it is there already.
pub async fn record_movement(tx: &Tx, new: &NewMovement<'_>) -> Result<bool> {
    let row = movements::ActiveModel {
        id: Set(tx.id()),
        creator_id: Set(new.creator.uuid()),
        currency: Set(new.currency.code().to_owned()),
        kind: Set(new.kind.name().to_owned()),
        external_id: Set(new.external_id.to_owned()),
        order_id: Set(new.order.map(PublicId::uuid)),
        amount_minor: Set(new.amount_minor),
        occurred_at: Set(new.at),
        booked_at: Set(tx.now()),
    };
    let once =
        OnConflict::columns([movements::Column::Kind, movements::Column::ExternalId]).do_nothing().to_owned();
    let written = movements::Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await?;
    Ok(written > 0)
}

#[derive(FromQueryResult)]
struct AmountRow {
    currency: String,
    amount: i64,
}

/// What a creator has at Stripe, for each currency; zeros left out.
pub async fn at_stripe(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<Vec<Money>> {
    let text = "SELECT currency, CAST(SUM(amount_minor) AS BIGINT) AS amount FROM creator_movements
         WHERE creator_id = $1 GROUP BY currency HAVING SUM(amount_minor) <> 0 ORDER BY currency";
    let statement = db::sql(conn.get_database_backend(), text, [creator.uuid().into()]);
    let rows = AmountRow::find_by_statement(statement).all(conn).await?;
    rows.into_iter().map(|row| Ok(Money::new(row.amount, currency(&row.currency)?))).collect()
}

/// What a creator asked to have paid out and what is not answered yet.
pub async fn asked_for(conn: &impl ConnectionTrait, creator: CreatorId, currency: Currency) -> Result<i64> {
    let text = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS amount FROM payouts
         WHERE creator_id = $1 AND currency = $2 AND state = 'INTENDED'";
    sum(conn, text, [creator.uuid().into(), currency.code().into()]).await
}

/// A movement that no statement explains yet.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Unexplained {
    /// Row.
    pub id: Uuid,
    /// Why.
    pub kind: String,
    /// Stripe's id.
    pub external_id: String,
    /// Whose sale.
    pub order_id: Option<Uuid>,
    /// Plus is more.
    pub amount_minor: i64,
    /// When.
    pub occurred_at: Instant,
}

/// Movements of a creator in a currency that no statement explains yet, oldest first.
pub async fn unexplained(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    currency: Currency,
) -> Result<Vec<Unexplained>> {
    let text = "SELECT m.id, m.kind, m.external_id, m.order_id, m.amount_minor, m.occurred_at
         FROM creator_movements m
         WHERE m.creator_id = $1 AND m.currency = $2
           AND NOT EXISTS (SELECT 1 FROM statement_movements s WHERE s.movement_id = m.id)
         ORDER BY m.id";
    let binds = [creator.uuid().into(), currency.code().into()];
    let statement = db::sql(conn.get_database_backend(), text, binds);
    Ok(Unexplained::find_by_statement(statement).all(conn).await?)
}

impl Unexplained {
    /// Its kind.
    pub fn kind(&self) -> Result<MovementKind> {
        let kind = MovementKind::of(&self.kind);
        kind.ok_or_else(|| Fault::new("reading a movement", &self.kind).into())
    }
}
