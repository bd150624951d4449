//! Which share of a sold line is an affiliate's, by which link.

use sea_orm::entity::prelude::*;

/// Which share of a sold line is an affiliate's, by which link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "commissions")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Order line id.
    pub order_line_id: Uuid,
    /// The place of the share among the line's.
    pub position: i32,
    /// Affiliate id.
    pub affiliate_id: Uuid,
    /// Link id.
    pub link_id: Uuid,
    /// Created at.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
