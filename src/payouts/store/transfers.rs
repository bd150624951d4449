//! Transfers in the database.

use entity::{payout_accounts, transfers};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::db::{self, Tx};
use crate::kernel::{CreatorId, Currency, Error, Fault, Instant, OrderId, PublicId, Result};
use crate::payouts::model::{PayoutAccount, Transfer, TransferState};

use super::due::{Position, currency};

/// A creator's account, locked: one decision at a time about how much of a creator's money is sent.
pub async fn lock_account(tx: &Tx, creator: CreatorId) -> Result<Option<PayoutAccount>> {
    let row = payout_accounts::Entity::find_by_id(creator.uuid()).lock_exclusive().one(tx.conn()).await?;
    row.map(PayoutAccount::try_from).transpose()
}

/// Writes an intended transfer.
pub async fn insert_transfer(tx: &Tx, transfer: &Transfer) -> Result<()> {
    let row = transfers::ActiveModel {
        id: Set(transfer.id),
        order_id: Set(transfer.order.uuid()),
        payee_creator_id: Set(transfer.payee.uuid()),
        charge_id: Set(transfer.charge.clone()),
        destination: Set(transfer.destination.clone()),
        currency: Set(transfer.currency.code().to_owned()),
        amount_minor: Set(transfer.amount_minor),
        state: Set(TransferState::Intended.name().to_owned()),
        stripe_id: Set(None),
        refusal: Set(None),
        created_at: Set(transfer.created_at),
        settled_at: Set(None),
    };
    transfers::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// A transfer by key.
pub async fn transfer(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Transfer>> {
    transfers::Entity::find_by_id(id).one(conn).await?.map(Transfer::try_from).transpose()
}

/// A transfer by Stripe's id.
pub async fn transfer_at_stripe(conn: &impl ConnectionTrait, stripe_id: &str) -> Result<Option<Transfer>> {
    let row = transfers::Entity::find().filter(transfers::Column::StripeId.eq(stripe_id)).one(conn).await?;
    row.map(Transfer::try_from).transpose()
}

/// Writes that a transfer was made.
pub async fn set_sent(tx: &Tx, id: Uuid, stripe_id: &str) -> Result<()> {
    let change = transfers::ActiveModel {
        id: Set(id),
        state: Set(TransferState::Sent.name().to_owned()),
        stripe_id: Set(Some(stripe_id.to_owned())),
        settled_at: Set(Some(tx.now())),
        ..Default::default()
    };
    transfers::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes that Stripe refused a transfer.
pub async fn set_refused(tx: &Tx, id: Uuid, why: &str) -> Result<()> {
    let change = transfers::ActiveModel {
        id: Set(id),
        state: Set(TransferState::Refused.name().to_owned()),
        refusal: Set(Some(why.chars().take(1000).collect())),
        settled_at: Set(Some(tx.now())),
        ..Default::default()
    };
    transfers::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Transfers of a payee's part of an order, the newest first.
pub async fn transfers_of(conn: &impl ConnectionTrait, at: Position) -> Result<Vec<Transfer>> {
    let rows = transfers::Entity::find()
        .filter(transfers::Column::OrderId.eq(at.order.uuid()))
        .filter(transfers::Column::PayeeCreatorId.eq(at.payee.uuid()))
        .order_by_desc(transfers::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(Transfer::try_from).collect()
}

/// When Stripe last refused to send a payee's part of an order.
pub async fn last_refusal(conn: &impl ConnectionTrait, at: Position) -> Result<Option<Instant>> {
    let at: Option<Option<Instant>> = transfers::Entity::find()
        .select_only()
        .column(transfers::Column::SettledAt)
        .filter(transfers::Column::OrderId.eq(at.order.uuid()))
        .filter(transfers::Column::PayeeCreatorId.eq(at.payee.uuid()))
        .filter(transfers::Column::State.eq(TransferState::Refused.name()))
        .order_by_desc(transfers::Column::Id)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(at.flatten())
}

/// What of a payee's money is on its way in a currency, over all orders.
pub async fn under_way(conn: &impl ConnectionTrait, payee: CreatorId, currency: Currency) -> Result<i64> {
    let text = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS amount FROM transfers
         WHERE payee_creator_id = $1 AND currency = $2 AND state = 'INTENDED'";
    sum(conn, text, [payee.uuid().into(), currency.code().into()]).await
}

/// What was sent from a charge and has not come back.
pub async fn sent_of_charge(conn: &impl ConnectionTrait, charge: &str) -> Result<i64> {
    let text = "SELECT CAST(COALESCE(SUM(t.amount_minor), 0) - COALESCE((
             SELECT SUM(r.amount_minor) FROM transfer_reversals r JOIN transfers s ON s.id = r.transfer_id
             WHERE s.charge_id = $1 AND r.state = 'MADE'), 0) AS BIGINT) AS amount
         FROM transfers t WHERE t.charge_id = $1 AND t.state IN ('INTENDED', 'SENT')";
    sum(conn, text, [charge.into()]).await
}

pub(super) async fn sum<const N: usize>(
    conn: &impl ConnectionTrait,
    text: &str,
    binds: [sea_orm::Value; N],
) -> Result<i64> {
    let row = conn.query_one_raw(db::sql(conn.get_database_backend(), text, binds)).await?;
    let row = row.ok_or_else(|| Fault::new("adding up transfers", "a sum has no row"))?;
    Ok(row.try_get("", "amount")?)
}

impl TryFrom<transfers::Model> for Transfer {
    type Error = Error;
    fn try_from(row: transfers::Model) -> Result<Self> {
        let state = TransferState::of(&row.state);
        Ok(Self {
            id: row.id,
            order: OrderId(row.order_id),
            payee: CreatorId(row.payee_creator_id),
            charge: row.charge_id,
            destination: row.destination,
            currency: currency(&row.currency)?,
            amount_minor: row.amount_minor,
            state: state.ok_or_else(|| Fault::new("reading a transfer", &row.state))?,
            stripe_id: row.stripe_id,
            created_at: row.created_at,
        })
    }
}
