//! Somebody who recommends a creator.

use sea_orm::entity::prelude::*;

/// Somebody who recommends a creator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "affiliates")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Creator id.
    pub creator_id: Uuid,
    /// User id.
    pub user_id: Uuid,
    /// Their own profile, which gets paid.
    pub payee_creator_id: Uuid,
    /// PENDING, APPROVED, DECLINED, SUSPENDED.
    pub state: String,
    /// What they said when they applied.
    pub pitch: String,
    /// As it was when they were approved.
    pub commission_basis_points: i32,
    /// Applied at.
    pub applied_at: DateTimeUtc,
    /// First approved at.
    pub approved_at: Option<DateTimeUtc>,
    /// Last decided at.
    pub decided_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
