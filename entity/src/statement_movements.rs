//! Which movements a statement explains.

use sea_orm::entity::prelude::*;

/// Which movements a statement explains.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement_movements")]
pub struct Model {
    /// Which movement; each in one statement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub movement_id: Uuid,
    /// Which statement.
    pub statement_id: Uuid,
    /// Counted from one.
    pub position: i32,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
