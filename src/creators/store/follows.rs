//! Who follows whom. The creator's count changes in the transaction that follows, and only if a row did.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use entity::{creators, follows as table, storefronts};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SimpleExpr};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::app::App;
use crate::creators::model::Creator;
use crate::db::Tx;
use crate::kernel::{CreatorId, Denied, Instant, Page, PageRequest, PublicId, Result, UserId};

/// Follows; false if that was so already.
pub async fn insert_follow(tx: &Tx, user: UserId, creator: CreatorId) -> Result<bool> {
    let row = table::ActiveModel {
        user_id: Set(user.uuid()),
        creator_id: Set(creator.uuid()),
        created_at: Set(tx.now()),
    };
    let pair = OnConflict::columns([table::Column::UserId, table::Column::CreatorId]).do_nothing().to_owned();
    let inserted = table::Entity::insert(row).on_conflict(pair).exec_without_returning(tx.conn()).await?;
    if inserted == 1 {
        count(tx, creator, 1).await?;
    }
    Ok(inserted == 1)
}

/// Follows no more; false if that was so already.
pub async fn remove_follow(tx: &Tx, user: UserId, creator: CreatorId) -> Result<bool> {
    let pair = (user.uuid(), creator.uuid());
    let removed = table::Entity::delete_by_id(pair).exec(tx.conn()).await?.rows_affected;
    if removed == 1 {
        count(tx, creator, -1).await?;
    }
    Ok(removed == 1)
}

async fn count(tx: &Tx, creator: CreatorId, change: i32) -> Result<()> {
    let followers = creators::Column::FollowerCount;
    creators::Entity::update_many()
        .col_expr(followers, Expr::col(followers).add(change))
        .filter(creators::Column::Id.eq(creator.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Which of these people follow which of these creators; pairs that do not are absent.
pub async fn follows(
    app: &App,
    pairs: &[(UserId, CreatorId)],
) -> Result<HashMap<(UserId, CreatorId), Instant>> {
    let rows = table::Entity::find()
        .filter(table::Column::UserId.is_in(pairs.iter().map(|(user, _)| user.uuid())))
        .filter(table::Column::CreatorId.is_in(pairs.iter().map(|(_, creator)| creator.uuid())))
        .all(app.db.read())
        .await?;
    let found =
        rows.into_iter().map(|row| ((UserId(row.user_id), CreatorId(row.creator_id)), row.created_at));
    Ok(found.collect())
}

/// A page of the public creators a person follows, latest first, each with when that began.
pub async fn followed(app: &App, user: UserId, page: &PageRequest) -> Result<Page<(Instant, Arc<Creator>)>> {
    let public = Query::select()
        .column(storefronts::Column::CreatorId)
        .from(storefronts::Entity)
        .and_where(Expr::col(storefronts::Column::IsPublished).eq(true))
        .take();
    let mut wanted = table::Entity::find()
        .filter(table::Column::UserId.eq(user.uuid()))
        .filter(table::Column::CreatorId.in_subquery(public))
        .order_by_desc(table::Column::CreatedAt)
        .order_by_desc(table::Column::CreatorId)
        .limit(page.limit());
    if let Some(after) = &page.after {
        let (at, id) = after_key(after).ok_or(Denied::BadCursor)?;
        let row = |parts: [SimpleExpr; 2]| SimpleExpr::from(Expr::tuple(parts));
        wanted = wanted.filter(
            row([Expr::col(table::Column::CreatedAt), Expr::col(table::Column::CreatorId)])
                .lt(row([Expr::value(at), Expr::value(id.uuid())])),
        );
    }
    let rows = wanted.all(app.db.read()).await?;
    let ids: HashSet<CreatorId> = rows.iter().map(|row| CreatorId(row.creator_id)).collect();
    let known = super::by_ids(app, &ids.into_iter().collect::<Vec<_>>()).await?;
    let found = rows.into_iter().filter_map(|row| {
        known.get(&CreatorId(row.creator_id)).map(|creator| (row.created_at, Arc::clone(creator)))
    });
    Ok(Page::cut(found.collect(), page))
}

fn after_key(key: &[String]) -> Option<(Instant, CreatorId)> {
    let [at, id] = key else { return None };
    Some((Instant::from_timestamp_micros(at.parse().ok()?)?, id.parse().ok()?))
}
