//! Reversals in the database.

use std::collections::HashMap;

use entity::transfer_reversals as reversals;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::kernel::{CreatorId, Error, Fault, Instant, OrderId, PublicId, Result};
use crate::payouts::model::{Reversal, ReversalState, Transfer};

use super::due::{Position, currency};

/// Writes a reversal: one we want, or one already made by somebody else (then with Stripe's id).
pub async fn insert_reversal(
    tx: &Tx,
    of: &Transfer,
    id: Uuid,
    amount_minor: i64,
    made: Option<&str>,
) -> Result<()> {
    let state = if made.is_some() { ReversalState::Made } else { ReversalState::Intended };
    let row = reversals::ActiveModel {
        id: Set(id),
        transfer_id: Set(of.id),
        order_id: Set(of.order.uuid()),
        payee_creator_id: Set(of.payee.uuid()),
        currency: Set(of.currency.code().to_owned()),
        amount_minor: Set(amount_minor),
        state: Set(state.name().to_owned()),
        stripe_id: Set(made.map(str::to_owned)),
        refusal: Set(None),
        try_at: Set(None),
        created_at: Set(tx.now()),
        settled_at: Set(made.map(|_| tx.now())),
    };
    reversals::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// A reversal by key.
pub async fn reversal(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Reversal>> {
    reversals::Entity::find_by_id(id).one(conn).await?.map(Reversal::try_from).transpose()
}

/// Whether a reversal of this id at Stripe is known.
pub async fn knows_reversal(conn: &impl ConnectionTrait, stripe_id: &str) -> Result<bool> {
    let row = reversals::Entity::find().filter(reversals::Column::StripeId.eq(stripe_id)).one(conn).await?;
    Ok(row.is_some())
}

/// Reversals of a payee's part of an order, but those that are cancelled.
pub async fn reversals_of(conn: &impl ConnectionTrait, at: Position) -> Result<Vec<Reversal>> {
    let rows = reversals::Entity::find()
        .filter(reversals::Column::OrderId.eq(at.order.uuid()))
        .filter(reversals::Column::PayeeCreatorId.eq(at.payee.uuid()))
        .filter(reversals::Column::State.ne(ReversalState::Cancelled.name()))
        .all(conn)
        .await?;
    rows.into_iter().map(Reversal::try_from).collect()
}

/// What is left of each transfer once everything wanted back is back.
pub fn left(transfers: &[Transfer], reversals: &[Reversal]) -> Vec<(Uuid, i64)> {
    let mut back: HashMap<Uuid, i64> = HashMap::new();
    for reversal in reversals {
        *back.entry(reversal.transfer).or_default() += reversal.amount_minor;
    }
    let left = |transfer: &Transfer| transfer.amount_minor - back.get(&transfer.id).copied().unwrap_or(0);
    transfers.iter().map(|transfer| (transfer.id, left(transfer))).collect()
}

/// Writes that a reversal is asked for, and how much.
pub async fn set_wanted(tx: &Tx, id: Uuid, amount_minor: i64) -> Result<()> {
    let change = reversals::ActiveModel {
        amount_minor: Set(amount_minor),
        try_at: Set(None),
        ..of_state(id, ReversalState::Intended)
    };
    reversals::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes that a reversal was made, and how much it was.
pub async fn set_made(tx: &Tx, id: Uuid, stripe_id: &str, amount_minor: i64) -> Result<()> {
    let change = reversals::ActiveModel {
        amount_minor: Set(amount_minor),
        stripe_id: Set(Some(stripe_id.to_owned())),
        settled_at: Set(Some(tx.now())),
        try_at: Set(None),
        ..of_state(id, ReversalState::Made)
    };
    reversals::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes that Stripe refused, and when to try again.
pub async fn set_waiting(tx: &Tx, id: Uuid, why: &str, try_at: Instant) -> Result<()> {
    let change = reversals::ActiveModel {
        refusal: Set(Some(why.chars().take(1000).collect())),
        try_at: Set(Some(try_at)),
        ..of_state(id, ReversalState::Waiting)
    };
    reversals::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Writes that a reversal is not needed any more.
pub async fn set_cancelled(tx: &Tx, id: Uuid) -> Result<()> {
    let change = reversals::ActiveModel {
        settled_at: Set(Some(tx.now())),
        try_at: Set(None),
        ..of_state(id, ReversalState::Cancelled)
    };
    reversals::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

fn of_state(id: Uuid, state: ReversalState) -> reversals::ActiveModel {
    reversals::ActiveModel { id: Set(id), state: Set(state.name().to_owned()), ..Default::default() }
}

/// Refused reversals whose next try is due.
pub async fn to_try_again(db: &Db, now: Instant) -> Result<Vec<Uuid>> {
    let rows: Vec<Uuid> = reversals::Entity::find()
        .select_only()
        .column(reversals::Column::Id)
        .filter(reversals::Column::State.eq(ReversalState::Waiting.name()))
        .filter(reversals::Column::TryAt.lte(now))
        .order_by_asc(reversals::Column::TryAt)
        .limit(200)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows)
}

impl TryFrom<reversals::Model> for Reversal {
    type Error = Error;
    fn try_from(row: reversals::Model) -> Result<Self> {
        let state = ReversalState::of(&row.state);
        Ok(Self {
            id: row.id,
            transfer: row.transfer_id,
            order: OrderId(row.order_id),
            payee: CreatorId(row.payee_creator_id),
            currency: currency(&row.currency)?,
            amount_minor: row.amount_minor,
            state: state.ok_or_else(|| Fault::new("reading a reversal", &row.state))?,
            created_at: row.created_at,
        })
    }
}
