//! Which right to learn a refund or a dispute took away, or would have.

use sea_orm::entity::prelude::*;

/// Which right to learn a refund or a dispute took away, or would have.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "taken_rights")]
pub struct Model {
    /// The refund or dispute.
    #[sea_orm(primary_key, auto_increment = false)]
    pub cause_id: Uuid,
    /// The right.
    #[sea_orm(primary_key, auto_increment = false)]
    pub enrollment_id: Uuid,
    /// When it was taken.
    pub taken_at: DateTimeUtc,
    /// It stayed, resting on something else that paid for it.
    pub is_moved: bool,
    /// When it was given back.
    pub returned_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
