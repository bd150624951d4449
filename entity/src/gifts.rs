//! A paid thing that is for somebody else.

use sea_orm::entity::prelude::*;

/// A paid thing that is for somebody else.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gifts")]
pub struct Model {
    /// `gft_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What was bought.
    pub order_line_id: Uuid,
    /// SHA-256 of the code.
    pub code_hash: String,
    /// Who has used the code.
    pub redeemed_by: Option<Uuid>,
    /// When.
    pub redeemed_at: Option<DateTimeUtc>,
    /// Created at.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
