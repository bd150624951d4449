//! Holds in the database. `payouts` reads them before it transfers anything.

use entity::payout_holds as holds;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::db::Tx;
use crate::kernel::{CreatorId, PublicId, Result};

use super::super::actions::Operator;

/// Holds a creator's money back; false if it is held already.
pub async fn hold(tx: &Tx, creator: CreatorId, operator: &Operator, reason: &str) -> Result<bool> {
    let row = holds::ActiveModel {
        id: Set(tx.id()),
        creator_id: Set(creator.uuid()),
        reason: Set(reason.to_owned()),
        by: Set(operator.user_id.uuid()),
        created_at: Set(tx.now()),
        lifted_at: Set(None),
        lifted_by: Set(None),
    };
    let held = holds::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(held > 0)
}

/// Lets a creator's money go; false if it is not held.
pub async fn lift(tx: &Tx, creator: CreatorId, operator: &Operator) -> Result<bool> {
    let change = holds::ActiveModel {
        lifted_at: Set(Some(tx.now())),
        lifted_by: Set(Some(operator.user_id.uuid())),
        ..Default::default()
    };
    let lifted = holds::Entity::update_many()
        .set(change)
        .filter(holds::Column::CreatorId.eq(creator.uuid()))
        .filter(holds::Column::LiftedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(lifted.rows_affected > 0)
}
