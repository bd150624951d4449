//! What somebody may do for the installation as a whole.

use sea_orm::entity::prelude::*;

/// What somebody may do for the installation as a whole.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_roles")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// FINANCE, SUPPORT, SECURITY, ENGINEERING, MODERATION.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// Since when.
    pub granted_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
