//! Payouts and schedules in the database.

use std::collections::HashMap;

use entity::{payout_schedules as schedules, payouts};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::db::{Db, Tx};
use crate::kernel::{
    CreatorId, Error, Fault, Instant, Money, Page, PageRequest, PayoutId, PublicId, Result, UserId,
};
use crate::payouts::model::{Interval, Payout, PayoutState};

use super::due::currency;

/// Writes a payout; `by` asked for it.
pub async fn insert_payout(tx: &Tx, payout: &Payout, by: Option<UserId>) -> Result<()> {
    let row = payouts::ActiveModel {
        id: Set(payout.id.uuid()),
        creator_id: Set(payout.creator.uuid()),
        destination: Set(payout.destination.clone()),
        currency: Set(payout.amount.currency.code().to_owned()),
        amount_minor: Set(payout.amount.minor),
        state: Set(payout.state.name().to_owned()),
        is_automatic: Set(payout.is_automatic),
        stripe_id: Set(payout.stripe_id.clone()),
        failure: Set(payout.failure.clone()),
        arrives_at: Set(payout.arrives_at),
        requested_by: Set(by.map(PublicId::uuid)),
        created_at: Set(payout.created_at),
        updated_at: Set(tx.now()),
    };
    payouts::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes how far a payout is.
pub async fn update_payout(tx: &Tx, payout: &Payout) -> Result<()> {
    let change = payouts::ActiveModel {
        id: Set(payout.id.uuid()),
        state: Set(payout.state.name().to_owned()),
        stripe_id: Set(payout.stripe_id.clone()),
        failure: Set(payout.failure.clone()),
        arrives_at: Set(payout.arrives_at),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    payouts::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// A payout by key.
pub async fn payout(conn: &impl ConnectionTrait, id: PayoutId) -> Result<Option<Payout>> {
    payouts::Entity::find_by_id(id.uuid()).one(conn).await?.map(Payout::try_from).transpose()
}

/// Payouts by key.
pub async fn payouts_by_id(
    conn: &impl ConnectionTrait,
    ids: &[PayoutId],
) -> Result<HashMap<PayoutId, Payout>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = payouts::Entity::find().filter(payouts::Column::Id.is_in(keys)).all(conn).await?;
    rows.into_iter().map(|row| Ok((PayoutId(row.id), Payout::try_from(row)?))).collect()
}

/// A payout by Stripe's id.
pub async fn payout_at_stripe(conn: &impl ConnectionTrait, stripe_id: &str) -> Result<Option<Payout>> {
    let row = payouts::Entity::find().filter(payouts::Column::StripeId.eq(stripe_id)).one(conn).await?;
    row.map(Payout::try_from).transpose()
}

/// A creator's payouts, newest first; those Stripe refused are none.
pub async fn payouts_of(db: &Db, creator: CreatorId, page: &PageRequest) -> Result<Page<Payout>> {
    let mut query = payouts::Entity::find()
        .filter(payouts::Column::CreatorId.eq(creator.uuid()))
        .filter(payouts::Column::State.ne(PayoutState::Refused.name()));
    let after = page.after.as_ref().and_then(|key| key.first()).and_then(|key| key.parse::<PayoutId>().ok());
    if let Some(after) = after {
        query = query.filter(payouts::Column::Id.lt(after.uuid()));
    }
    let rows = query.order_by_desc(payouts::Column::Id).limit(page.limit()).all(db.read()).await?;
    let rows = rows.into_iter().map(Payout::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, page))
}

/// Payouts that are not at their end and were not looked at since `before`; with whose account they are in.
pub async fn unsettled(db: &Db, before: Instant) -> Result<Vec<Payout>> {
    let under_way = [PayoutState::Pending, PayoutState::InTransit].map(PayoutState::name);
    let rows = payouts::Entity::find()
        .filter(payouts::Column::State.is_in(under_way))
        .filter(payouts::Column::UpdatedAt.lt(before))
        .order_by_asc(payouts::Column::UpdatedAt)
        .limit(200)
        .all(db.read())
        .await?;
    rows.into_iter().map(Payout::try_from).collect()
}

/// When Stripe pays a creator out by itself, as last read or set.
pub async fn schedule(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<Interval> {
    let row = schedules::Entity::find_by_id(creator.uuid()).one(conn).await?;
    Ok(row.and_then(|row| Interval::of(&row.cadence)).unwrap_or_default())
}

/// Writes when Stripe pays a creator out by itself.
pub async fn set_schedule(tx: &Tx, creator: CreatorId, interval: Interval) -> Result<()> {
    let row = schedules::ActiveModel {
        creator_id: Set(creator.uuid()),
        cadence: Set(interval.name().to_owned()),
        updated_at: Set(tx.now()),
    };
    let again = OnConflict::column(schedules::Column::CreatorId)
        .update_columns([schedules::Column::Cadence, schedules::Column::UpdatedAt])
        .to_owned();
    schedules::Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}

impl TryFrom<payouts::Model> for Payout {
    type Error = Error;
    fn try_from(row: payouts::Model) -> Result<Self> {
        let state = PayoutState::of(&row.state);
        Ok(Self {
            id: PayoutId(row.id),
            creator: CreatorId(row.creator_id),
            destination: row.destination,
            amount: Money::new(row.amount_minor, currency(&row.currency)?),
            state: state.ok_or_else(|| Fault::new("reading a payout", &row.state))?,
            is_automatic: row.is_automatic,
            stripe_id: row.stripe_id,
            failure: row.failure,
            arrives_at: row.arrives_at,
            created_at: row.created_at,
        })
    }
}
