//! What a creator offers to whoever recommends them.

use sea_orm::entity::prelude::*;

/// What a creator offers to whoever recommends them.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "affiliate_programs")]
pub struct Model {
    /// Creator id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub creator_id: Uuid,
    /// Whether people may apply and links earn.
    pub is_open: bool,
    /// Of a line after tax and fee.
    pub commission_basis_points: i32,
    /// How long after a click a purchase still counts.
    pub attribution_days: i32,
    /// FIRST_TOUCH, LAST_TOUCH.
    pub model: String,
    /// Terms markdown.
    pub terms_markdown: String,
    /// Created at.
    pub created_at: DateTimeUtc,
    /// Updated at.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
