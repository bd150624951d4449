//! When somebody was there with a seat.

use sea_orm::entity::prelude::*;

/// When somebody was there with a seat.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seat_visits")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Seat id.
    pub seat_id: Uuid,
    /// How the same visit is known when it is told of again; unique with the seat.
    pub known_as: String,
    /// One of `DOOR`, `ROOM`, `HOST`.
    pub means: String,
    /// When they came, or were noted.
    pub came_at: DateTimeUtc,
    /// When they went; none = still there, or nobody knows.
    pub left_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
