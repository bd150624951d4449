//! A six-digit code and a link token sent to an address; either proves it once.

use sea_orm::entity::prelude::*;

/// A six-digit code and a link token sent to an address; either proves it once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_proofs")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose address.
    pub user_id: Uuid,
    /// What the proof is for; one of `VERIFY`, `RESET`.
    pub purpose: String,
    /// SHA-256 of user id and code; null = link only.
    pub code_hash: Option<String>,
    /// SHA-256 of the link token.
    pub token_hash: String,
    /// Wrong codes so far.
    pub attempts: i32,
    /// Expires at.
    pub expires_at: DateTimeUtc,
    /// Null = still good.
    pub used_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
