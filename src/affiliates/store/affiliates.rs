//! Who recommends whom.

use std::collections::HashMap;

use entity::affiliates as table;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::affiliates::model::{Affiliate, State};
use crate::app::App;
use crate::db::Tx;
use crate::kernel::{AffiliateId, CreatorId, Error, Page, PageRequest, PublicId, Result, UserId};

use super::unreadable;

/// An affiliate by key, locked until the change commits.
pub async fn affiliate(tx: &Tx, id: AffiliateId) -> Result<Option<Affiliate>> {
    let row = table::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?;
    row.map(Affiliate::try_from).transpose()
}

/// Many affiliates by key; the caller decides who may see them.
pub async fn by_ids(app: &App, ids: &[AffiliateId]) -> Result<HashMap<AffiliateId, Affiliate>> {
    let keys = ids.iter().map(|id| id.uuid());
    let rows = table::Entity::find().filter(table::Column::Id.is_in(keys)).all(app.db.read()).await?;
    rows.into_iter().map(|row| Ok((AffiliateId(row.id), Affiliate::try_from(row)?))).collect()
}

/// How somebody stands with a creator.
pub async fn affiliate_of(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    user: UserId,
) -> Result<Option<Affiliate>> {
    let row = table::Entity::find()
        .filter(table::Column::CreatorId.eq(creator.uuid()))
        .filter(table::Column::UserId.eq(user.uuid()))
        .one(conn)
        .await?;
    row.map(Affiliate::try_from).transpose()
}

/// Whether somebody recommends anybody.
pub async fn of_user(conn: &impl ConnectionTrait, user: UserId) -> Result<bool> {
    let row = table::Entity::find().filter(table::Column::UserId.eq(user.uuid())).one(conn).await?;
    Ok(row.is_some())
}

/// A creator's affiliates, latest application first.
pub async fn of_studio(
    conn: &impl ConnectionTrait,
    creator: CreatorId,
    state: Option<State>,
    page: &PageRequest,
) -> Result<Page<Affiliate>> {
    let mut wanted = table::Entity::find().filter(table::Column::CreatorId.eq(creator.uuid()));
    if let Some(state) = state {
        wanted = wanted.filter(table::Column::State.eq(state.name()));
    }
    let after =
        page.after.as_ref().and_then(|key| key.first()).and_then(|key| key.parse::<AffiliateId>().ok());
    if let Some(after) = after {
        wanted = wanted.filter(table::Column::Id.lt(after.uuid()));
    }
    let rows = wanted.order_by_desc(table::Column::Id).limit(page.limit()).all(conn).await?;
    let found = rows.into_iter().map(Affiliate::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, page))
}

/// Writes an application; false if there is one.
pub async fn insert(tx: &Tx, new: &Affiliate) -> Result<bool> {
    let row = table::ActiveModel {
        id: Set(new.id.uuid()),
        creator_id: Set(new.creator.uuid()),
        user_id: Set(new.user.uuid()),
        payee_creator_id: Set(new.payee.uuid()),
        state: Set(new.state.name().to_owned()),
        pitch: Set(new.pitch.clone()),
        commission_basis_points: Set(new.commission_basis_points),
        applied_at: Set(tx.now()),
        approved_at: Set(None),
        decided_at: Set(None),
    };
    let once = OnConflict::columns([table::Column::CreatorId, table::Column::UserId]).do_nothing().to_owned();
    let written = table::Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await?;
    Ok(written > 0)
}

/// Writes a decision: the state, and the commission as it is from now on.
pub async fn set_state(tx: &Tx, affiliate: &Affiliate, first_time: bool) -> Result<()> {
    let mut change = table::ActiveModel {
        id: Set(affiliate.id.uuid()),
        state: Set(affiliate.state.name().to_owned()),
        commission_basis_points: Set(affiliate.commission_basis_points),
        decided_at: Set(Some(tx.now())),
        ..Default::default()
    };
    if first_time {
        change.approved_at = Set(Some(tx.now()));
    }
    table::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

impl TryFrom<table::Model> for Affiliate {
    type Error = Error;

    fn try_from(row: table::Model) -> Result<Self> {
        Ok(Self {
            id: AffiliateId(row.id),
            creator: CreatorId(row.creator_id),
            user: UserId(row.user_id),
            payee: CreatorId(row.payee_creator_id),
            state: State::of(&row.state).ok_or_else(|| unreadable(&row.state))?,
            pitch: row.pitch,
            commission_basis_points: row.commission_basis_points,
        })
    }
}
