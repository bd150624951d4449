//! Each refresh token ever issued; one use each, a second use ends the session.

use sea_orm::entity::prelude::*;

/// Each refresh token ever issued; one use each, a second use ends the session.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Session id.
    pub session_id: Uuid,
    /// SHA-256.
    pub token_hash: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// Expires at.
    pub expires_at: DateTimeUtc,
    /// Null = not yet exchanged.
    pub used_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
