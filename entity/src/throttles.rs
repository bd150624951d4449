//! Rate limits that hold across instances and restarts: one row a key (GCRA).

use sea_orm::entity::prelude::*;

/// Rate limits that hold across instances and restarts: one row a key (GCRA).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "throttles")]
pub struct Model {
    /// `signin:acct:…`, never taken from a body field unhashed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Theoretical arrival time of the next request, microseconds since 1970.
    pub arrival_micros: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
