//! Documents that were registered ahead: clients send their number instead of their text.

use sea_orm::entity::prelude::*;

/// A document that was registered ahead. Never changed: another text has another number.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trusted_documents")]
pub struct Model {
    /// SHA-256 of the text, 64 hexadecimal digits in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// GraphQL.
    pub text: String,
    /// UTC.
    pub registered_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
