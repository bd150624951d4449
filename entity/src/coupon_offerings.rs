//! What a coupon is for; none = everything of its creator.

use sea_orm::entity::prelude::*;

/// What a coupon is for; none = everything of its creator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coupon_offerings")]
pub struct Model {
    /// Coupon id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub coupon_id: Uuid,
    /// Offering id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub offering_id: Uuid,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
