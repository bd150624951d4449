//! Gifts in the database. Whoever writes holds the order's lock.

use entity::{gift_voids, gifts};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use uuid::Uuid;

use crate::db::Tx;
use crate::kernel::{GiftId, OrderLineId, PublicId, Result, UserId};

use super::model::Gift;

/// Writes the gift of a paid line.
pub async fn insert(tx: &Tx, line: OrderLineId, code_hash: String) -> Result<GiftId> {
    let id = tx.id();
    let row = gifts::ActiveModel {
        id: Set(id),
        order_line_id: Set(line.uuid()),
        code_hash: Set(code_hash),
        redeemed_by: Set(None),
        redeemed_at: Set(None),
        created_at: Set(tx.now()),
    };
    gifts::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(GiftId(id))
}

/// A gift by what is kept of its code.
pub async fn of_code(conn: &impl ConnectionTrait, code_hash: &str) -> Result<Option<Gift>> {
    let row = gifts::Entity::find().filter(gifts::Column::CodeHash.eq(code_hash)).one(conn).await?;
    Ok(row.map(Gift::from))
}

/// A gift by key.
pub async fn gift(conn: &impl ConnectionTrait, id: GiftId) -> Result<Option<Gift>> {
    Ok(gifts::Entity::find_by_id(id.uuid()).one(conn).await?.map(Gift::from))
}

/// Writes who has redeemed a gift.
pub async fn set_redeemed(tx: &Tx, id: GiftId, user: UserId) -> Result<()> {
    let change = gifts::ActiveModel {
        id: Set(id.uuid()),
        redeemed_by: Set(Some(user.uuid())),
        redeemed_at: Set(Some(tx.now())),
        ..Default::default()
    };
    gifts::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

/// The gifts of these lines that nobody has redeemed.
pub async fn unredeemed(conn: &impl ConnectionTrait, lines: &[OrderLineId]) -> Result<Vec<GiftId>> {
    let rows = gifts::Entity::find()
        .filter(gifts::Column::OrderLineId.is_in(lines.iter().map(|line| line.uuid())))
        .filter(gifts::Column::RedeemedAt.is_null())
        .order_by_asc(gifts::Column::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| GiftId(row.id)).collect())
}

/// Notes that a gift went with a refund or a dispute.
pub async fn insert_void(tx: &Tx, cause: Uuid, id: GiftId) -> Result<()> {
    let row = gift_voids::ActiveModel {
        cause_id: Set(cause),
        gift_id: Set(id.uuid()),
        voided_at: Set(tx.now()),
        lifted_at: Set(None),
    };
    gift_voids::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Notes that a refund or a dispute turned out to take nothing.
pub async fn lift_voids(tx: &Tx, cause: Uuid) -> Result<()> {
    let change = gift_voids::ActiveModel { lifted_at: Set(Some(tx.now())), ..Default::default() };
    gift_voids::Entity::update_many()
        .set(change)
        .filter(gift_voids::Column::CauseId.eq(cause))
        .filter(gift_voids::Column::LiftedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Whether a gift went with a refund or a dispute.
pub async fn is_void(conn: &impl ConnectionTrait, id: GiftId) -> Result<bool> {
    let row = gift_voids::Entity::find()
        .filter(gift_voids::Column::GiftId.eq(id.uuid()))
        .filter(gift_voids::Column::LiftedAt.is_null())
        .one(conn)
        .await?;
    Ok(row.is_some())
}

impl From<gifts::Model> for Gift {
    fn from(row: gifts::Model) -> Self {
        Self {
            id: GiftId(row.id),
            line: OrderLineId(row.order_line_id),
            redeemed_by: row.redeemed_by.map(UserId),
        }
    }
}
