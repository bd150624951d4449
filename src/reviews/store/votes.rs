//! Who found which review helpful.

use std::collections::{HashMap, HashSet};

use entity::review_votes::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::kernel::{PublicId, Result, ReviewId, UserId};

/// Says whether somebody finds a review helpful, and counts it; whether that changed something. The review is locked.
pub async fn cast(tx: &Tx, review: ReviewId, user: UserId, on: bool) -> Result<bool> {
    let changed = if on {
        let row = ActiveModel {
            review_id: Set(review.uuid()),
            user_id: Set(user.uuid()),
            created_at: Set(tx.now()),
        };
        let once = OnConflict::columns([Column::ReviewId, Column::UserId]).do_nothing().to_owned();
        Entity::insert(row).on_conflict(once).exec_without_returning(tx.conn()).await?
    } else {
        Entity::delete_by_id((review.uuid(), user.uuid())).exec(tx.conn()).await?.rows_affected
    };
    if changed == 0 {
        return Ok(false);
    }
    let by = if on { 1 } else { -1 };
    entity::reviews::Entity::update_many()
        .col_expr(
            entity::reviews::Column::HelpfulCount,
            Expr::col(entity::reviews::Column::HelpfulCount).add(by),
        )
        .filter(entity::reviews::Column::Id.eq(review.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(true)
}

/// Takes all votes away, with what they were for.
pub async fn forget(tx: &Tx, review: ReviewId) -> Result<()> {
    Entity::delete_many().filter(Column::ReviewId.eq(review.uuid())).exec(tx.conn()).await?;
    Ok(())
}

/// Who found which of these helpful.
pub async fn of_pairs(app: &App, pairs: &[(UserId, ReviewId)]) -> Result<HashMap<(UserId, ReviewId), bool>> {
    let users: HashSet<Uuid> = pairs.iter().map(|(user, _)| user.uuid()).collect();
    let reviews: HashSet<Uuid> = pairs.iter().map(|(_, review)| review.uuid()).collect();
    let rows = Entity::find()
        .filter(Column::UserId.is_in(users))
        .filter(Column::ReviewId.is_in(reviews))
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| ((UserId(row.user_id), ReviewId(row.review_id)), true)).collect())
}
