//! What a refund or a dispute took back of a line.

use sea_orm::entity::prelude::*;

/// What a refund or a dispute took back of a line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "taken_parts")]
pub struct Model {
    /// The refund or dispute.
    #[sea_orm(primary_key, auto_increment = false)]
    pub cause_id: Uuid,
    /// Of which line.
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_line_id: Uuid,
    /// 0 is the tax, 1 the fee, from 2 on the shares.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i32,
    /// How much.
    pub amount_minor: i64,
    /// When the refund failed or the dispute was won.
    pub undone_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
