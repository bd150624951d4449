//! Memberships and how they stand.

use entity::memberships;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{IntoCondition, OnConflict},
};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::kernel::{Currency, Error, Fault, Instant, Money, OrderId, PriceId, PublicId, Result, UserId};
use crate::memberships::model::{GRACE, Membership, State, Terms};

/// Writes a new membership; false if this person has a live one of this plan, or the order began one.
pub async fn insert(tx: &Tx, new: &Membership) -> Result<bool> {
    let row = memberships::ActiveModel {
        id: Set(new.id),
        user_id: Set(new.user.uuid()),
        plan_id: Set(new.plan),
        price_id: Set(new.price.uuid()),
        order_id: Set(new.order.uuid()),
        stripe_subscription_id: Set(new.terms.subscription.clone()),
        stripe_price_id: Set(new.terms.price.clone()),
        stripe_customer_id: Set(new.terms.customer.clone()),
        state: Set(new.state.name().to_owned()),
        currency: Set(new.terms.amount.currency.code().to_owned()),
        amount_minor: Set(new.terms.amount.minor),
        paid_until: Set(new.paid_until),
        cancel_at_period_end: Set(new.cancel_at_period_end),
        ended_at: Set(new.ended_at),
        read_at: Set(tx.now()),
        created_at: Set(tx.now()),
    };
    let written = memberships::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(written > 0)
}

/// Writes how a membership stands now.
pub async fn update(tx: &Tx, membership: &Membership) -> Result<()> {
    let change = memberships::ActiveModel {
        id: Set(membership.id),
        state: Set(membership.state.name().to_owned()),
        paid_until: Set(membership.paid_until),
        cancel_at_period_end: Set(membership.cancel_at_period_end),
        ended_at: Set(membership.ended_at),
        read_at: Set(tx.now()),
        ..Default::default()
    };
    memberships::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// A membership by key.
pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid, livemode: bool) -> Result<Option<Membership>> {
    let row = memberships::Entity::find_by_id(id).one(conn).await?;
    row.map(|row| read(row, livemode)).transpose()
}

/// Many memberships by key.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: &[Uuid], livemode: bool) -> Result<Vec<Membership>> {
    let found = memberships::Entity::find().filter(memberships::Column::Id.is_in(ids.iter().copied()));
    found.all(conn).await?.into_iter().map(|row| read(row, livemode)).collect()
}

/// A membership by its subscription at Stripe.
pub async fn of_subscription(
    conn: &impl ConnectionTrait,
    subscription: &str,
    livemode: bool,
) -> Result<Option<Membership>> {
    let found = memberships::Entity::find()
        .filter(memberships::Column::StripeSubscriptionId.eq(subscription))
        .one(conn)
        .await?;
    found.map(|row| read(row, livemode)).transpose()
}

/// Live memberships of a plan.
pub async fn alive_of_plan(conn: &impl ConnectionTrait, plan: Uuid) -> Result<Vec<Uuid>> {
    alive(conn, memberships::Column::PlanId.eq(plan)).await
}

/// Live memberships of a person.
pub async fn alive_of_user(conn: &impl ConnectionTrait, user: UserId) -> Result<Vec<Uuid>> {
    alive(conn, memberships::Column::UserId.eq(user.uuid())).await
}

async fn alive(conn: &impl ConnectionTrait, whose: impl IntoCondition) -> Result<Vec<Uuid>> {
    let rows: Vec<Uuid> = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::Id)
        .filter(whose)
        .filter(memberships::Column::EndedAt.is_null())
        .order_by_asc(memberships::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows)
}

/// Notes that a membership was looked at, though nothing may be changed.
pub async fn touch(tx: &Tx, id: Uuid) -> Result<()> {
    let change = memberships::ActiveModel { read_at: Set(tx.now()), ..Default::default() };
    let this = memberships::Column::Id.eq(id);
    memberships::Entity::update_many().set(change).filter(this).exec(tx.conn()).await?;
    Ok(())
}

/// Subscriptions whose paid time is over and of which nothing was heard since `before`.
pub async fn overdue(db: &Db, now: Instant, before: Instant) -> Result<Vec<String>> {
    let rows: Vec<String> = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::StripeSubscriptionId)
        .filter(memberships::Column::EndedAt.is_null())
        .filter(memberships::Column::PaidUntil.lt(now))
        .filter(memberships::Column::ReadAt.lt(before))
        .order_by_asc(memberships::Column::ReadAt)
        .limit(200)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows)
}

/// Memberships whose payment is so late that even Stripe's last try is over.
pub async fn beyond_hope(db: &Db, now: Instant, livemode: bool) -> Result<Vec<Membership>> {
    let last = now - GRACE - chrono::Duration::days(1);
    let rows = memberships::Entity::find()
        .filter(memberships::Column::State.eq(State::PastDue.name()))
        .filter(memberships::Column::PaidUntil.lt(last))
        .order_by_asc(memberships::Column::PaidUntil)
        .limit(200)
        .all(db.read())
        .await?;
    rows.into_iter().map(|row| read(row, livemode)).collect()
}

fn read(row: memberships::Model, livemode: bool) -> Result<Membership> {
    let unreadable = |cause: &str| Error::Fault(Fault::new("reading a membership", cause));
    let currency: Currency = row.currency.parse().map_err(|_| unreadable(&row.currency))?;
    Ok(Membership {
        id: row.id,
        user: UserId(row.user_id),
        plan: row.plan_id,
        price: PriceId(row.price_id),
        order: OrderId(row.order_id),
        state: State::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
        terms: Terms {
            subscription: row.stripe_subscription_id,
            price: row.stripe_price_id,
            customer: row.stripe_customer_id,
            amount: Money::new(row.amount_minor, currency),
            livemode,
        },
        paid_until: row.paid_until,
        cancel_at_period_end: row.cancel_at_period_end,
        ended_at: row.ended_at,
    })
}
