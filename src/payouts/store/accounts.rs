//! Payout accounts in the database.

use std::collections::HashMap;

use chrono::Duration;
use entity::{payout_accounts as accounts, payout_holds};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use serde_json::json;
use stripe_gateway::AccountState as StripeAccount;

use crate::app::App;
use crate::db::{Db, Tx};
use crate::kernel::{CreatorId, Error, Fault, Instant, PublicId, Result};

use crate::payouts::model::{self, PayoutAccount, State};

/// A creator's account.
pub async fn account(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<Option<PayoutAccount>> {
    accounts::Entity::find_by_id(creator.uuid()).one(conn).await?.map(PayoutAccount::try_from).transpose()
}

/// Many creators' accounts.
pub async fn accounts_of(app: &App, creators: &[CreatorId]) -> Result<HashMap<CreatorId, PayoutAccount>> {
    let keys = creators.iter().map(|creator| creator.uuid());
    let rows =
        accounts::Entity::find().filter(accounts::Column::CreatorId.is_in(keys)).all(app.db.read()).await?;
    rows.into_iter().map(|row| Ok((CreatorId(row.creator_id), PayoutAccount::try_from(row)?))).collect()
}

/// The account with this id at Stripe.
pub async fn account_at_stripe(
    conn: &impl ConnectionTrait,
    stripe_id: &str,
) -> Result<Option<PayoutAccount>> {
    let row =
        accounts::Entity::find().filter(accounts::Column::StripeAccountId.eq(stripe_id)).one(conn).await?;
    row.map(PayoutAccount::try_from).transpose()
}

/// Writes a newly opened account; nothing if the creator has one already.
pub async fn insert(tx: &Tx, creator: CreatorId, country: &str, read: &StripeAccount) -> Result<()> {
    let row = accounts::ActiveModel {
        creator_id: Set(creator.uuid()),
        stripe_account_id: Set(read.id.clone()),
        state: Set(State::read(read).name().to_owned()),
        country: Set(read.country.clone().unwrap_or_else(|| country.to_owned())),
        default_currency: Set(model::default_currency(read)),
        requirements: Set(json!(model::requirements(read))),
        disabled_reason: Set(read.disabled_reason.clone()),
        due_by: Set(read.deadline),
        checked_at: Set(Some(tx.now())),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    accounts::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Writes what Stripe says of an account now.
pub async fn update(tx: &Tx, creator: CreatorId, read: &StripeAccount) -> Result<()> {
    let change = accounts::ActiveModel {
        creator_id: Set(creator.uuid()),
        state: Set(State::read(read).name().to_owned()),
        default_currency: Set(model::default_currency(read)),
        requirements: Set(json!(model::requirements(read))),
        disabled_reason: Set(read.disabled_reason.clone()),
        due_by: Set(read.deadline),
        checked_at: Set(Some(tx.now())),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    accounts::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// Accounts that were not read since `before`, the longest ago first.
pub async fn unread_since(db: &Db, before: Instant) -> Result<Vec<String>> {
    let rows: Vec<String> = accounts::Entity::find()
        .select_only()
        .column(accounts::Column::StripeAccountId)
        .filter(accounts::Column::State.ne(State::Rejected.name()))
        .filter(accounts::Column::CheckedAt.lt(before))
        .order_by_asc(accounts::Column::CheckedAt)
        .limit(100)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows)
}

/// Whether an operator holds this creator's money back: nothing is transferred then.
pub async fn is_held(conn: &impl ConnectionTrait, creator: CreatorId) -> Result<bool> {
    let holds = payout_holds::Entity::find()
        .filter(payout_holds::Column::CreatorId.eq(creator.uuid()))
        .filter(payout_holds::Column::LiftedAt.is_null());
    Ok(holds.one(conn).await?.is_some())
}

/// An account is read again after this long even if no event says so.
pub const STALE_AFTER: Duration = Duration::hours(24);

impl TryFrom<accounts::Model> for PayoutAccount {
    type Error = Error;
    fn try_from(row: accounts::Model) -> Result<Self> {
        let unreadable = |what: &str| Error::Fault(Fault::new("reading a payout account", what));
        Ok(Self {
            creator: CreatorId(row.creator_id),
            stripe_account: row.stripe_account_id,
            state: State::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            country: row.country,
            default_currency: row.default_currency,
            requirements: serde_json::from_value(row.requirements).map_err(|_| unreadable("requirements"))?,
            disabled_reason: row.disabled_reason,
            due_by: row.due_by,
        })
    }
}
