//! What members want changed.

use entity::membership_changes as changes;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::db::Tx;
use crate::kernel::{Error, Fault, Result};
use crate::memberships::model::Change;

/// Writes a change that is wanted; its key.
pub async fn insert_change(tx: &Tx, membership: Uuid, change: Change) -> Result<Uuid> {
    let id = tx.id();
    let row = changes::ActiveModel {
        id: Set(id),
        membership_id: Set(membership),
        kind: Set(change.name().to_owned()),
        created_at: Set(tx.now()),
        done_at: Set(None),
    };
    changes::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// A change that waits for Stripe: of which membership, and what.
pub async fn waiting_change(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<(Uuid, Change)>> {
    let row = changes::Entity::find_by_id(id).filter(changes::Column::DoneAt.is_null()).one(conn).await?;
    row.map(|row| {
        let unreadable = || Error::Fault(Fault::new("reading a change of a membership", &row.kind));
        Ok((row.membership_id, Change::of(&row.kind).ok_or_else(unreadable)?))
    })
    .transpose()
}

/// The changes of a membership that wait for Stripe, oldest first.
pub async fn waiting_changes(conn: &impl ConnectionTrait, membership: Uuid) -> Result<Vec<Uuid>> {
    let rows: Vec<Uuid> = changes::Entity::find()
        .select_only()
        .column(changes::Column::Id)
        .filter(changes::Column::MembershipId.eq(membership))
        .filter(changes::Column::DoneAt.is_null())
        .order_by_asc(changes::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows)
}

/// Notes that a change needs nothing more.
pub async fn set_done(tx: &Tx, id: Uuid) -> Result<()> {
    let change = changes::ActiveModel { id: Set(id), done_at: Set(Some(tx.now())), ..Default::default() };
    changes::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}
