//! One payout explained, sealed with the statement before it.

use sea_orm::entity::prelude::*;

/// One payout explained, sealed with the statement before it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statements")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub creator_id: Uuid,
    /// Counted from one for each creator.
    pub number: i32,
    /// Which payout.
    pub payout_id: Uuid,
    /// ISO 4217.
    pub currency: String,
    /// At Stripe before its lines.
    pub opening_minor: i64,
    /// At Stripe after its lines.
    pub closing_minor: i64,
    /// Its rows as CSV, as they were sealed.
    pub content: String,
    /// Of the statement before; 64 zeros for the first.
    pub previous_hash: String,
    /// SHA-256 over the previous hash, a line break and the content.
    pub hash: String,
    /// When it was sealed.
    pub issued_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
