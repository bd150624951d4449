//! Who works in a studio, and as what.

use sea_orm::entity::prelude::*;

/// Who works in a studio, and as what.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team_members")]
pub struct Model {
    /// `mbr_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Creator id.
    pub creator_id: Uuid,
    /// User id.
    pub user_id: Uuid,
    /// One of `OWNER`, `ADMIN`, `EDITOR`, `HOST`, `SUPPORT`, `FINANCE`, `ANALYST`.
    pub role: String,
    /// Joined at.
    pub joined_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
