//! Something about money that a person must look at.

use sea_orm::entity::prelude::*;

/// Something about money that a person must look at.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub struct Model {
    /// `cas_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// AMOUNT_MISMATCH, ….
    pub kind: String,
    /// Our id or Stripe's.
    pub subject: String,
    /// Both sides.
    #[sea_orm(column_type = "JsonBinary")]
    pub detail: Json,
    /// Opened at.
    pub opened_at: DateTimeUtc,
    /// Closed at.
    pub closed_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
