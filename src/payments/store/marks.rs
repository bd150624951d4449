//! Up to when a list of Stripe's has been read.

use entity::reading_marks as marks;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use crate::db::{Db, Tx};
use crate::kernel::{Instant, Result};

/// How far this list has been read; none if never.
pub async fn mark(db: &Db, name: &str) -> Result<Option<Instant>> {
    Ok(marks::Entity::find_by_id(name).one(db.read()).await?.map(|row| row.reached))
}

/// Notes how far this list has been read.
pub async fn set_mark(tx: &Tx, name: &str, reached: Instant) -> Result<()> {
    let row = marks::ActiveModel { name: Set(name.to_owned()), reached: Set(reached) };
    let again = OnConflict::column(marks::Column::Name).update_column(marks::Column::Reached).to_owned();
    marks::Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}
