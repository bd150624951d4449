//! What a buyer agreed to, word for word by version.

use sea_orm::entity::prelude::*;

/// What a buyer agreed to, word for word by version.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Order id.
    pub order_id: Uuid,
    /// One of `TERMS`, `IMMEDIATE_ACCESS`, `RECORDING`, `MARKETING`, `ANALYTICS`.
    pub kind: String,
    /// Version.
    pub version: String,
    /// Accepted.
    pub accepted: bool,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
