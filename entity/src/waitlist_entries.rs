//! Somebody who waits for a place.

use sea_orm::entity::prelude::*;

/// Somebody who waits for a place.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "waitlist_entries")]
pub struct Model {
    /// `wle_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Session id.
    pub session_id: Uuid,
    /// Who waits.
    pub user_id: Uuid,
    /// Lower comes first: 0 for who paid too late, else 1.
    pub priority: i32,
    /// One of `WAITING`, `OFFERED`, `SEATED`, `LEFT`, `LAPSED`, `CLOSED`.
    pub state: String,
    /// The seat that was offered: their own.
    pub seat_id: Option<Uuid>,
    /// How many seats they wait for, their own among them.
    pub seats: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
