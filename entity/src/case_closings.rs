//! Who closed a case, and what they found.

use sea_orm::entity::prelude::*;

/// Who closed a case, and what they found.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_closings")]
pub struct Model {
    /// The case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    /// Which operator.
    pub closed_by: Uuid,
    /// What they found and did.
    pub note: String,
    /// When.
    pub closed_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
