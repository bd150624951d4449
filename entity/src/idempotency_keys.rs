//! The stored result of a mutation that must not happen twice.

use sea_orm::entity::prelude::*;

/// The stored result of a mutation that must not happen twice.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// User id, or `guest:` and a hash of the address.
    pub actor: String,
    /// Field name.
    pub mutation: String,
    /// The client's.
    pub key: Uuid,
    /// SHA-256 of the canonical input.
    pub input_hash: String,
    /// Ids to rebuild the payload from.
    #[sea_orm(column_type = "JsonBinary")]
    pub result: Json,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
